import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { NannyWorld } from '../testing/nanny-world.js';
import { isProcessThere } from './steps.js';

/** What happens next, if it can. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ what: 'ready' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('die' as const),
      exit: fc.constantFrom({ code: 0 }, { code: 1 }, { code: 4 }, { code: 5 }, { signal: 'SIGKILL' as const }, {}),
    }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.nat({ max: 40_000 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leaving' as const), wantsRestart: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('memory' as const), bytes: fc.nat({ max: 1100 }) }) },
  { weight: 2, arbitrary: fc.constant({ what: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ what: 'close' as const }, { what: 'scheduler-lost' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'timer' as const }) },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function act(world: NannyWorld, step: Happening): string[] {
  switch (step.what) {
    case 'ready':
      return world.isAlive && !world.isReady ? world.ready() : [];
    case 'die':
      return world.isAlive ? world.die(step.exit) : [];
    case 'pass':
      return world.pass(step.ms);
    case 'leaving':
      return world.give({ type: 'worker-leaving', wantsRestart: step.wantsRestart });
    case 'memory':
      return world.give({ type: 'memory', bytes: step.bytes });
    default:
      return world.give({ type: step.what });
  }
}

const LIMITS = { memoryBytesMax: 1000, pauseMsMax: 30_000, jitter: 1 };

it('keeps its worker alive, ends it in the end, and answers and tells everything once, in any order of events', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.boolean(), (steps, restarts) => {
      const world = new NannyWorld({ ...LIMITS, restarts });
      const seen: string[] = world.give({ type: 'start' });
      let [asked, deaths] = [0, 0];
      const count = (word: string): number => seen.filter((effect) => effect.startsWith(word)).length;
      const doStep = (step: Happening): void => {
        if (step.what === 'die' && world.isAlive) deaths += 1;
        if (step.what === 'restart') asked += 1;
        seen.push(...act(world, step));
        const { phase, isRestartAwaited } = world.state;
        // N1; that no second process is started is checked by the world.
        const isGivenUp = phase.name === 'closed';
        if (!isGivenUp) expect(world.isAlive).toBe(isProcessThere(world.state));
        // N2
        if (phase.name !== 'closed' && phase.name !== 'running') expect(world.wakeAt).not.toBeNull();
        // N3: several that ask at the same time are answered together.
        const answers = count('restarted') + count('failed');
        expect(answers + (isRestartAwaited ? 1 : 0)).toBeLessThanOrEqual(asked);
        // N4: a process that was given up is nobody's any more.
        expect(count('exited')).toBeLessThanOrEqual(deaths);
        expect(count('closed')).toBe(phase.name === 'closed' ? 1 : 0);
      };
      for (const step of steps) doStep(step);
      for (const pause of world.pauses) expect(pause).toBeLessThanOrEqual(LIMITS.pauseMsMax * 1.25 + 40_000);
      // Whatever happened: a nanny that is closed is done within the time that killing takes, even if nothing dies.
      doStep({ what: 'close' });
      doStep({ what: 'pass', ms: 20_000 });
      expect(world.state.phase.name).toBe('closed');
      expect(world.state.isRestartAwaited).toBe(false);
      const spawned = count('spawn');
      doStep({ what: 'pass', ms: 100_000 });
      doStep({ what: 'restart' });
      expect(count('spawn')).toBe(spawned);
    }),
    { numRuns: 500 },
  );
});

it('starts a worker that always dies at once ever more seldom', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, jitter) => {
      const world = new NannyWorld({ jitter });
      world.give({ type: 'start' });
      world.ready();
      for (let index = 0; index < count; index += 1) {
        world.die({ signal: 'SIGKILL' });
        world.pass(40_000);
        expect(world.isAlive).toBe(true);
        world.ready();
      }
      const pauses = world.pauses.slice(1);
      expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
      expect(pauses.every((pause) => pause <= 37_500)).toBe(true);
    }),
  );
});
