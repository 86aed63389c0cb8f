import { Random } from '../host/random.js';
import type { Action, Fault, WorldPlan } from '../plan/world-plan.js';
import type { TaskSpec } from '../workload/task-spec.js';
import { labelsFrom, planOf } from './scene.js';

/** Clients have connected by now, in milliseconds. */
const START = 200;

/** A story that once ended with everybody waiting for somebody, told anew with each seed: at other moments, in other orders. */
export interface DeadlockScript {
  /** What went wrong, in the history of the scheduler that this one learns from. */
  readonly title: string;
  plan(seed: number): WorldPlan;
}

/** The twelve classes of deadlocks. */
export const DEADLOCK_SCRIPTS: Readonly<Record<string, DeadlockScript>> = {
  D1: {
    title: 'a worker comes back at its address while tasks are being taken from its former life',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, { joinAt: START + 20 }],
        tasks: many(12, { ms: 30 }),
        actions: [submit(START, labelsFrom(0, 12))],
        faults: [kill('w0', START + random.between(10, 120)), kill('w0', START + random.between(120, 260))],
        settings: { restartMs: random.spread(1, 40) },
      });
    },
  },
  D2: {
    title: 'a task is taken from a worker that is about to finish it',
    plan: (seed) =>
      planOf(seed, {
        workers: [undefined, { joinAt: START + draws(seed).between(1, 30) }, { joinAt: START + 40 }],
        tasks: [...many(20, { ms: 4 }), { needs: labelsFrom(0, 20) }],
        actions: [submit(START, labelsFrom(0, 21))],
        settings: { jitterMs: 20 },
      }),
  },
  D3: {
    title: 'a task is cancelled and wanted again, over and over, while its thread runs it or its input is on its way',
    plan: (seed) => {
      const random = draws(seed);
      const turns = labelsFrom(0, 5).flatMap((turn): Action[] => {
        const at = START + turn * random.between(5, 30);
        const labels = random.pick([[1], [2], [1, 2]]);
        const kind = random.pick(['release', 'cancel'] as const);
        const away: Action = kind === 'release' ? release(at, labels) : cancel(at, labels, random.chance(0.3));
        return [away, submit(at + random.spread(0.01, 20), labels)];
      });
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [
          { bytes: 400_000, options: { workers: ['w0'] } },
          { needs: [0], ms: 40, options: { workers: ['w1'] } },
          { needs: [0, 1], ms: 40 },
        ],
        actions: [submit(START - 20, [0, 1, 2]), turns],
      });
    },
  },
  D4: {
    title: 'a task fails under those that wait for it, which are tried again and let go meanwhile',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [{ throws: random.pick([1, 2, null]), ms: 10 }, { needs: [0] }, { needs: [0, 1] }, { needs: [2] }],
        actions: [
          submit(START, [0, 1, 2, 3]),
          retry(START + random.between(5, 60), [3, 1]),
          release(START + random.between(5, 60), [random.pick([0, 1, 2])]),
          retry(START + random.between(40, 120), [3]),
        ],
      });
    },
  },
  D5: {
    title: 'a result cannot be fetched from who had it, or from nobody any more',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, undefined, undefined],
        tasks: [
          { bytes: 400_000, options: { workers: ['w0'], allowOtherWorkers: true } },
          { bytes: 400_000, options: { workers: ['w1'], allowOtherWorkers: true } },
          { needs: [0, 1], options: { workers: ['w2'] } },
          { needs: [0, 1], options: { workers: ['w1'], allowOtherWorkers: true } },
        ],
        actions: [submit(START, [0, 1, 2, 3]), { kind: 'result', at: START + 20, client: 0, labels: [0, 1] }],
        faults: [kill('w0', START + random.between(5, 80)), cut(START + random.between(5, 80), random)],
      });
    },
  },
  D6: {
    title: 'a task is first heard of as what another one needs, and has to be computed again when it is let go',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [{ ms: 10 }, { needs: [0], ms: 10 }, { needs: [0, 1], ms: 10 }, { needs: [2], ms: 10 }],
        actions: [
          graph(START, [0, 1, 2], [2]),
          submit(START + random.between(1, 40), [3]),
          release(START + random.between(1, 60), [2]),
        ],
        faults: [kill(random.pick(['w0', 'w1']), START + random.between(10, 80))],
      });
    },
  },
  D7: {
    title: 'the core throws in the middle of a step: nobody goes on with half of it, and nobody waits for the rest',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [...many(8, { ms: 10, bytes: 5000 }), { needs: labelsFrom(0, 8) }, { needs: [8] }],
        actions: [
          submit(START, labelsFrom(0, 10)),
          { ...submit(START + 5, labelsFrom(0, 10)), client: 1 },
          { kind: 'result', at: START + 8, client: 0, labels: [3, 9] },
          { kind: 'gather', at: START + 8, client: 1, labels: labelsFrom(0, 10) },
          release(START + random.between(1, 60), [random.int(0, 9)]),
        ],
        coreFailsAfter: random.int(0, 12),
        settings: { latencyMs: random.spread(0.02, 3), jitterMs: random.between(0, 10) },
        clientCount: 2,
      });
    },
  },
  'D7 one turn': {
    title: 'everything about one task happens within one turn',
    plan: (seed) => {
      const random = draws(seed);
      const labels = labelsFrom(0, 6);
      return planOf(seed, {
        workers: [undefined],
        tasks: many(6, { ms: 1 }).map((task, label) => ({ ...task, needs: label === 0 ? [] : [label - 1] })),
        actions: labelsFrom(0, 6).map((turn) => {
          const at = START + turn * 7;
          const some = [random.pick(labels), random.pick(labels)];
          return [submit(at, labels), cancel(at, some, true), submit(at, labels), release(at, some), retry(at, labels)];
        }),
        settings: { latencyMs: 5, jitterMs: 0 },
      });
    },
  },
  D8: {
    title: 'a worker runs out of memory and keeps what it was given',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [...many(10, { ms: 20 }), { needs: labelsFrom(0, 10) }],
        actions: [submit(START, labelsFrom(0, 11))],
        faults: [
          { kind: 'fill-memory', at: START + random.between(0, 60), worker: 'w0', forMs: random.spread(100, 5000) },
        ],
      });
    },
  },
  D9: {
    title: 'queued tasks, and what they need, are submitted and let go in quick succession',
    plan: (seed) => {
      const random = draws(seed);
      const labels = labelsFrom(0, 30);
      const turns = labelsFrom(0, 6).flatMap((turn): Action[] => {
        const at = START + 1 + turn * random.between(0.1, 15);
        const some = labelsFrom(random.int(0, 20), 10);
        return [release(at, some), submit(at + random.spread(0.01, 5), some)];
      });
      return planOf(seed, {
        workers: [undefined],
        tasks: [...many(30, { ms: 3 }), { needs: labelsFrom(0, 30) }],
        actions: [submit(START, labels), turns, submit(START + 200, [30])],
      });
    },
  },
  D10: {
    title: 'a worker joins, and another leaves, at the barrier between two halves of an exchange of all with all',
    plan: (seed) => {
      const random = draws(seed);
      const width = 5;
      const layer = (first: number): Partial<TaskSpec>[] =>
        many(width, { needs: labelsFrom(first, width), bytes: 5000 });
      return planOf(seed, {
        workers: [undefined, undefined, { joinAt: START + random.between(5, 60) }],
        tasks: [...many(width, { bytes: 120_000 }), ...layer(0), ...layer(width), ...layer(2 * width)],
        actions: [graph(START, labelsFrom(0, 4 * width), labelsFrom(3 * width, width))],
        faults: [kill('w0', START + random.between(5, 80)), closing('w1', START + random.between(20, 120))],
      });
    },
  },
  D11: {
    title: 'workers are retired that alone have a result, and all are restarted meanwhile',
    plan: (seed) => {
      const random = draws(seed);
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [{ bytes: 120_000 }, { bytes: 120_000 }, { needs: [0, 1], ms: 40 }, { needs: [2] }],
        actions: [
          submit(START, [0, 1, 2, 3]),
          { kind: 'retire', at: START + random.between(2, 60), client: 0, count: 1 },
          { kind: 'replicate', at: START + random.between(2, 60), client: 0, labels: [0, 1] },
          random.chance(0.5)
            ? { kind: 'restart', at: START + random.between(2, 120), client: 0 }
            : { kind: 'retire', at: START + random.between(2, 120), client: 0, count: 1 },
        ],
      });
    },
  },
  D12: {
    title: 'several wait for one result that does not come from where it was to come from',
    plan: (seed) => {
      const random = draws(seed);
      const asks = (at: number, client: number): Action => ({ kind: 'result', at, client, labels: [0] });
      return planOf(seed, {
        workers: [undefined, undefined],
        tasks: [
          { way: 'wait', ms: 80 },
          { needs: [0], way: 'wait' },
          { needs: [0], way: 'wait' },
        ],
        actions: [
          submit(START, [0, 1, 2]),
          { ...submit(START + 5, [0, 2]), client: 1 },
          asks(START + 10, 0),
          asks(START + 10, 1),
          asks(START + 30, 0),
        ],
        faults: [kill(random.pick(['w0', 'w1']), START + random.between(10, 120))],
        clientCount: 2,
      });
    },
  },
};

function draws(seed: number): Random {
  return new Random(seed).fork('script');
}

function many(count: number, task: Partial<TaskSpec>): Partial<TaskSpec>[] {
  return Array.from({ length: count }, () => task);
}

function submit(at: number, labels: readonly number[]): Action {
  return { kind: 'submit', at, client: 0, labels };
}

function graph(at: number, labels: readonly number[], wanted: readonly number[]): Action {
  return { kind: 'graph', at, client: 0, labels, wanted };
}

function release(at: number, labels: readonly number[]): Action {
  return { kind: 'release', at, client: 0, labels };
}

function retry(at: number, labels: readonly number[]): Action {
  return { kind: 'retry', at, client: 0, labels };
}

function cancel(at: number, labels: readonly number[], force: boolean): Action {
  return { kind: 'cancel', at, client: 0, labels, force };
}

function kill(worker: string, at: number): Fault {
  return { kind: 'kill-worker', at, worker, isHostGone: false };
}

function closing(worker: string, at: number): Fault {
  return { kind: 'close-worker', at, worker };
}

function cut(at: number, random: Random): Fault {
  return { kind: 'cut-line', at, draw: random.next(), tellMs: [random.spread(0.1, 50), random.spread(0.1, 50)] };
}
