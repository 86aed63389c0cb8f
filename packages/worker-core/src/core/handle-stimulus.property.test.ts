import { readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ACTIVITY } from './activity.js';
import { CoreHarness } from './testing/core-harness.js';
import { arbitraryEvents, RandomWorld, TASKS } from './testing/random-world.js';

it('keeps its invariants, answers every run, and ends empty, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.integer({ min: 1, max: 2 }), (events, threads) => {
      const world = new RandomWorld(threads);
      for (const { kind, pick, more } of events) world.happen(kind, pick, more);
      world.settle();
      expect([...world.expected]).toEqual([]);
      expect([...world.asked]).toEqual([]);
      for (const task of world.core.state.tasks.values()) expect(task.activity).toBe(ACTIVITY.memory);

      for (let taskId = 0; taskId < TASKS; taskId += 1) world.free(taskId);
      expect([...world.core.state.tasks.keys()]).toEqual([]);
      expect([...world.core.store]).toEqual([]);
    }),
    { numRuns: 2000 },
  );
}, 60_000);

const X = 10;
const Y = 11;
const Z = 12;

/** The steps that `docs/states/worker.md` lists, a line each: `- released → ready`, with more behind a colon. */
function documentedSteps(): string[] {
  const text = readFileSync(new URL('../../../../docs/states/worker.md', import.meta.url), 'utf8');
  return Array.from(text.matchAll(/^- `([a-z-]+) → ([a-z-]+)`/gm), ([, from, to]) => `${from ?? ''} ${to ?? ''}`);
}

/** Ways that chance takes too seldom. */
const RARE: readonly ((core: CoreHarness) => void)[] = [
  (core) => {
    core.compute([{ taskId: X }]);
    core.free(X);
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.returned(X);
  },
  (core) => {
    core.compute([{ taskId: X }]);
    core.free(X);
    core.compute([{ taskId: Y, dependencies: [[X, []]] }]);
    core.returned(X);
  },
  (core) => {
    core.compute([{ taskId: X }]);
    core.compute([{ taskId: Y, dependencies: [[X, []]] }]);
    core.give({ type: 'secede', taskId: X, duration: 1 });
    core.free(X);
  },
  (core) => {
    core.compute([{ taskId: X }]);
    core.compute([{ taskId: Y, dependencies: [[X, []]] }]);
    core.give({ type: 'execute-rescheduled', taskId: X });
  },
  (core) => {
    core.compute([{ taskId: X }]);
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.give({ type: 'execute-rescheduled', taskId: X });
  },
  (core) => {
    core.compute([{ taskId: X }]);
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.fail(X);
  },
  (core) => {
    core.compute([{ taskId: X, order: -1 }]);
    core.compute([{ taskId: Z }, { taskId: Y, dependencies: [[Z, []]] }]);
    core.free(Z);
  },
  (core) => {
    core.compute([
      { taskId: Z, dependencies: [[X, []]] },
      { taskId: Y, dependencies: [[Z, []]] },
    ]);
    core.free(Z);
  },
  (core) => {
    core.acquire([Z, [2]]);
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.compute([{ taskId: X, resources: { GPU: 1 } }]);
  },
  ...endsOfWaiting({ GPU: 2 }),
  ...endsOfWaiting(),
  (core) => {
    core.put(X);
    core.compute([
      { taskId: Y, dependencies: [[X, []]] },
      { taskId: Z, dependencies: [[X, []]] },
    ]);
    core.lose(X);
    core.returned(Y);
  },
  (core) => {
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.put(X);
    core.lose(X);
    core.receive(2, X);
  },
  (core) => {
    core.put(X);
    core.compute([{ taskId: Y, dependencies: [[X, []]] }]);
    core.give({ type: 'secede', taskId: Y, duration: 1 });
    core.lose(X);
    core.returned(Y);
  },
  (core) => {
    core.compute([{ taskId: X }]);
    core.give({ type: 'secede', taskId: X, duration: 1 });
    core.free(X);
  },
  (core) => {
    core.compute([{ taskId: X }, { taskId: Y }, { taskId: Z }]);
    core.put(Y);
    core.free(Z);
  },
  (core) => {
    core.compute([{ taskId: Z, order: -1 }, { taskId: X }]);
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.free(X);
  },
];

/** Ways for a task that could run, but for a resource if it asks for one, or else a thread. */
function endsOfWaiting(resources?: Readonly<Record<string, number>>): ((core: CoreHarness) => void)[] {
  const ends: readonly ((core: CoreHarness) => void)[] = [
    (core) => core.free(Y),
    (core) => core.put(Y),
    (core) => {
      core.put(Z);
      core.compute([{ taskId: Z + 1, ...(resources !== undefined && { resources }), dependencies: [[Z, []]] }]);
      core.lose(Z);
    },
    (core) => {
      core.compute([{ taskId: Z, dependencies: [[Y, [2]]] }], [2]);
      core.free(Y);
    },
    (core) => {
      core.compute([{ taskId: Z, dependencies: [[Y, []]] }]);
      core.free(Y);
    },
    (core) => {
      core.give({ type: 'secede', taskId: X, duration: 1 });
      core.returned(X);
    },
    (core) => {
      core.give({ type: 'secede', taskId: X, duration: 1 });
      core.free(X);
    },
  ];
  return ends.map((end) => (core) => {
    core.compute([
      { taskId: X, ...(resources !== undefined && { resources }) },
      { taskId: Y, ...(resources !== undefined && { resources }) },
    ]);
    end(core);
  });
}

it('takes exactly the steps that its document lists', () => {
  const steps = new Set<string>();
  const note = (core: CoreHarness): void => {
    for (const { from, to } of core.state.story.rows()) steps.add(`${from} ${to}`);
  };
  for (const [index, events] of fc.sample(arbitraryEvents, { numRuns: 3000, seed: 7 }).entries()) {
    const world = new RandomWorld(1 + (index % 2));
    for (const { kind, pick, more } of events) world.happen(kind, pick, more);
    note(world.core);
  }
  for (const go of RARE) {
    const core = new CoreHarness();
    go(core);
    note(core);
  }
  expect([...steps].sort()).toEqual(documentedSteps().sort());
}, 60_000);
