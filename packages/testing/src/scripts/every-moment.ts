import type { Action, Fault, WorldPlan } from '../plan/world-plan.js';
import { planOf } from './scene.js';

/** Something that may happen at any moment of a small world. */
export type Disturbance =
  'kill-w0' | 'kill-w1' | 'close-w0' | 'cut' | 'cancel' | 'release' | 'again' | 'retire' | 'restart' | 'kill-scheduler';

/** All of them. `cut` breaks the first line; the others are said by a program or happen to a worker. */
export const DISTURBANCES: readonly Disturbance[] = [
  'kill-w0',
  'kill-w1',
  'close-w0',
  'cut',
  'cancel',
  'release',
  'again',
  'retire',
  'restart',
  'kill-scheduler',
];

const START = 200;

/**
 * The smallest world in which there is something to be got wrong: two workers, and three tasks of which the last needs the
 * results of both, one of them from the other worker. What happens besides, happens at the moments given.
 */
export function smallWorld(
  seed: number,
  disturbances: readonly (readonly [what: Disturbance, at: number])[],
): WorldPlan {
  const actions: Action[] = [{ kind: 'submit', at: START, client: 0, labels: [0, 1, 2] }];
  const faults: Fault[] = [];
  for (const [what, at] of disturbances) {
    const found = disturb(what, at);
    if (found.action !== undefined) actions.push(...found.action);
    if (found.fault !== undefined) faults.push(found.fault);
  }
  return planOf(seed, {
    workers: [undefined, undefined],
    tasks: [
      { ms: 4, bytes: 5000, options: { workers: ['w0'], allowOtherWorkers: true } },
      { ms: 6, bytes: 5000, options: { workers: ['w1'], allowOtherWorkers: true } },
      { needs: [0, 1], ms: 4 },
    ],
    actions,
    faults,
    settings: { latencyMs: 0.5, jitterMs: 0, restartMs: 15 },
  });
}

function disturb(what: Disturbance, at: number): { readonly action?: Action[]; readonly fault?: Fault } {
  const client = 0;
  switch (what) {
    case 'kill-w0':
    case 'kill-w1':
      return { fault: { kind: 'kill-worker', at, worker: what.slice(-2), isHostGone: false } };
    case 'kill-scheduler':
      return { fault: { kind: 'kill-scheduler', at, downMs: 10 } };
    case 'close-w0':
      return { fault: { kind: 'close-worker', at, worker: 'w0' } };
    case 'cut':
      return { fault: { kind: 'cut-line', at, draw: 0.99, tellMs: [1, 3] } };
    case 'cancel':
      return { action: [{ kind: 'cancel', at, client, labels: [2], force: false }] };
    case 'release':
      return { action: [{ kind: 'release', at, client, labels: [0, 1] }] };
    case 'again':
      return {
        action: [
          { kind: 'release', at, client, labels: [0, 1, 2] },
          { kind: 'submit', at: at + 0.3, client, labels: [0, 1, 2] },
        ],
      };
    case 'retire':
      return { action: [{ kind: 'retire', at, client, count: 1 }] };
    case 'restart':
      return { action: [{ kind: 'restart', at, client }] };
  }
}

/** The moments between which something happens in the undisturbed world, from the submission to its end, in milliseconds. */
export const SMALL_WORLD_MS = { from: START, to: START + 30 } as const;
