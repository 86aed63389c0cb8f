import { CommonError } from '@grid/common';

/** Waits until `condition` holds; fails after `ms`. */
export async function until(condition: () => boolean, what: string, ms = 3000): Promise<void> {
  const endsAt = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > endsAt) throw new CommonError('GRID_COMMON_TIMEOUT', `not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets everything run that is ready to. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The error that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new CommonError('GRID_COMMON_TIMEOUT', 'it did not fail');
}
