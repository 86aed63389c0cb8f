import fc from 'fast-check';

import type { Arena } from './arena.js';

/** Something that goes wrong during a storm, so many milliseconds after it has begun. */
export interface Fault {
  readonly afterMs: number;
  /** Which of the workers, counted around. */
  readonly victim: number;
  readonly kind: keyof typeof KINDS;
}

/** What may go wrong. None of it may change any result. */
const KINDS = {
  /** Ends a worker without a word, as a machine that fails; its nanny has another one. */
  kill: (arena: Arena, pid: number): void => send(pid, 'SIGKILL'),
  /** Tells a worker to leave, which it does in order; another one comes later. */
  terminate: (arena: Arena, pid: number): void => send(pid, 'SIGTERM'),
  /** Has a worker stand still for a moment, as a machine that is busy with something else. */
  stall: async (arena: Arena, pid: number): Promise<void> => {
    send(pid, 'SIGSTOP');
    await pause(400);
    send(pid, 'SIGCONT');
  },
  /** Tasks whose threads end under them, beside all others. */
  exit: async (arena: Arena): Promise<void> => {
    const tasks = arena.client.map((code: number) => process.exit(code), [0, 1], { pure: false });
    await failAndForget(tasks, /^GRID_(WORKER_THREAD_LOST|SCHEDULER_KILLED_WORKER)$/);
  },
  /** Tasks that never end, until they are cancelled. */
  loop: async (arena: Arena): Promise<void> => {
    const tasks = arena.client.map(
      () => {
        for (;;);
      },
      [0, 1],
      { pure: false },
    );
    await pause(200);
    await arena.client.cancel(tasks);
    await failAndForget(tasks, /^GRID_CLIENT_CANCELLED$/);
  },
  /** One worker more, or one less. */
  grow: async (arena: Arena): Promise<void> => arena.cluster.scale(4),
  shrink: async (arena: Arena): Promise<void> => arena.cluster.scale(2),
};

const NAMES = Object.keys(KINDS) as Fault['kind'][];

/**
 * A few at a time: a task whose worker dies more than three times while it runs is taken for the cause, and fails. So many
 * never end workers in one storm.
 */
export const faults: fc.Arbitrary<readonly Fault[]> = fc
  .array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 900 }),
      victim: fc.nat({ max: 7 }),
      kind: fc.constantFrom(...NAMES),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .filter((all) => all.filter(({ kind }) => kind === 'kill').length <= 3);

/** Has it happen when its time has come. Fails if what was to fail did not, or otherwise than it should. */
export async function strike(arena: Arena, { afterMs, victim, kind }: Fault): Promise<void> {
  await pause(afterMs);
  const { pids } = arena;
  const pid = pids[victim % pids.length];
  if (pid !== undefined) await KINDS[kind](arena, pid);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Something else has ended it at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whatever such tasks come to, it is an error with one of these codes. */
async function failAndForget(
  tasks: readonly { result(options: { timeout: number }): Promise<unknown>; release(): void }[],
  codes: RegExp,
): Promise<void> {
  for (const task of tasks) {
    const error = await task.result({ timeout: 30_000 }).then(
      () => new TypeError('a task that cannot end well has done so'),
      (reason: unknown) => reason as Error & { readonly code?: string },
    );
    if (!codes.test('code' in error ? (error.code ?? '') : '')) throw error;
    task.release();
  }
}
