import type { Random } from '../host/random.js';
import type { Fault, WorkerPlan } from './world-plan.js';

interface Scene {
  readonly workers: readonly WorkerPlan[];
  readonly clientCount: number;
  readonly spanMs: number;
}

const KINDS = [
  'kill-worker',
  'close-worker',
  'stop',
  'cut-line',
  'cut-line',
  'hold-line',
  'kill-client',
] as const satisfies readonly Fault['kind'][];

/** A third of all worlds is calm: what happens there happens by itself, and more can be promised. */
const CALM = 0.3;
/** In some the scheduler dies. */
const DEADLY = 0.25;
/** Most worlds know some kinds of faults only. */
const KNOWN = 0.4;

/** Draws what goes wrong in a world until it is quiet. */
export function drawFaults(random: Random, scene: Scene): readonly Fault[] {
  const deaths = drawDeaths(random.fork('scheduler'), scene);
  if (random.chance(CALM)) return deaths;
  const kinds = KINDS.filter(() => random.chance(KNOWN));
  if (kinds.length === 0) return deaths;
  const count = Math.round(random.spread(1, 14));
  const faults = Array.from({ length: count }, () => {
    const at = random.between(100, Math.max(200, scene.spanMs));
    return drawFault(random, random.pick(kinds), at, scene);
  });
  return [
    ...faults,
    ...deaths,
    ...drawPauses(random.fork('pauses'), scene),
    ...drawDiskFaults(random.fork('disks'), scene),
  ].sort((a, b) => a.at - b.at);
}

/** Schedulers that are killed and started again, in some worlds; in some of those nothing else goes wrong. */
function drawDeaths(random: Random, scene: Scene): Fault[] {
  if (!random.chance(DEADLY)) return [];
  const count = random.pick([1, 1, 2, 3]);
  return Array.from({ length: count }, () =>
    drawFault(random, 'kill-scheduler', random.between(100, Math.max(200, scene.spanMs)), scene),
  ).sort((a, b) => a.at - b.at);
}

/** Workers that run out of memory, in some worlds. */
function drawPauses(random: Random, scene: Scene): Fault[] {
  if (!random.chance(0.25)) return [];
  const all = random.fork('all');
  // All at once, so that nobody is left to take anything.
  if (all.chance(0.4)) {
    const at = all.between(100, Math.max(200, scene.spanMs));
    return scene.workers.map(({ name }) => ({ kind: 'fill-memory', at, worker: name, forMs: all.spread(300, 3000) }));
  }
  return Array.from({ length: random.int(1, 3) }, () =>
    drawFault(random, 'fill-memory', random.between(100, Math.max(200, scene.spanMs)), scene),
  );
}

/** Disks that fail, in some of the worlds that use any. */
function drawDiskFaults(random: Random, scene: Scene): Fault[] {
  if (!random.chance(0.4)) return [];
  return Array.from({ length: random.int(1, 4) }, () => {
    const kind = random.pick(['fill-disk', 'slow-disk', 'damage-disk'] as const);
    return drawFault(random, kind, random.between(100, Math.max(200, scene.spanMs)), scene);
  });
}

function drawFault(random: Random, kind: Fault['kind'], at: number, { workers, clientCount }: Scene): Fault {
  const worker = random.pick(workers).name;
  switch (kind) {
    case 'kill-scheduler':
      return { kind, at, downMs: random.spread(1, 20_000) };
    case 'kill-worker':
      return { kind, at, worker, isHostGone: random.chance(0.2) };
    case 'close-worker':
      return { kind, at, worker };
    case 'stop': {
      const process = random.chance(0.7) ? worker : random.pick(['scheduler', 'client-0']);
      return { kind, at, process, forMs: random.spread(1, 12_000) };
    }
    case 'cut-line':
      return { kind, at, draw: random.next(), tellMs: [drawTelling(random), drawTelling(random)] };
    case 'hold-line':
      return { kind, at, draw: random.next(), forMs: random.spread(1, 5000) };
    case 'fill-memory':
      return { kind, at, worker, forMs: random.spread(50, 5000) };
    case 'fill-disk':
    case 'slow-disk':
      return { kind, at, worker, forMs: random.spread(20, 3000) };
    case 'damage-disk':
      return { kind, at, worker };
    case 'kill-client':
      return { kind, at, client: random.int(0, clientCount - 1) };
  }
}

/** Most ends hear at once of a line that broke; some only when their system has asked for long in vain. */
function drawTelling(random: Random): number {
  return random.chance(0.7) ? random.spread(0.01, 100) : random.between(1000, 20_000);
}
