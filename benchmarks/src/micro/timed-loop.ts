import type { Session, Workload } from '../workload.js';

const WARM_MS = 200;
const SAMPLE_MS = 300;

/**
 * A workload without a peer: microseconds of one call of `run`, over calls that fill about a third of a second.
 * @param atMost - what it may take
 */
export function microWorkload(
  name: string,
  make: () => Promise<(call: number) => unknown> | ((call: number) => unknown),
  atMost?: number,
): Workload {
  const target = atMost === undefined ? {} : { target: { kind: 'at-most', figure: atMost } as const };
  return { name, unit: 'us', moreIsBetter: false, samples: 5, ...target, grid: () => openLoop(make), peers: [] };
}

async function openLoop(
  make: () => Promise<(call: number) => unknown> | ((call: number) => unknown),
): Promise<Session> {
  const run = await make();
  let calls = 0;
  function loop(limitMs: number): number {
    const start = performance.now();
    const first = calls;
    while (performance.now() - start < limitMs) {
      for (let i = 0; i < 10; i += 1) run(calls++);
    }
    return ((performance.now() - start) / (calls - first)) * 1000;
  }
  loop(WARM_MS);
  return { sample: async () => loop(SAMPLE_MS), [Symbol.asyncDispose]: async () => undefined };
}
