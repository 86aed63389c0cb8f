import type { Random } from '../host/random.js';
import type { TaskSpec, TaskSpecOptions, TaskWay } from '../workload/task-spec.js';
import type { WorkerPlan } from './world-plan.js';

/** Bytes of results that take their time on a line. */
const LARGE = [5000, 120_000, 400_000];

/** How one world's tasks are. */
interface GraphStyle {
  readonly random: Random;
  readonly workers: readonly WorkerPlan[];
  readonly msMin: number;
  readonly msMax: number;
  readonly sizes: readonly number[];
  readonly throwing: number;
  readonly rescheduling: number;
  readonly data: number;
  readonly odd: number;
  readonly restricted: number;
  readonly prioritized: number;
}

/** What a world's tasks depend on besides chance. */
export interface GraphScene {
  readonly count: number;
  readonly workers: readonly WorkerPlan[];
  /** Whether results may have to go to disk: small ones never do. */
  readonly hasDisks?: boolean;
}

/** Draws the tasks of a world: several pieces of different shapes, joined here and there. */
export function drawGraph(random: Random, { count, workers, hasDisks = false }: GraphScene): readonly TaskSpec[] {
  const style = drawStyle(random.fork('style'), workers, hasDisks);
  const specs: TaskSpec[] = [];
  for (let piece = 0; specs.length < count; piece += 1) {
    const needs = drawShape(random, Math.min(count - specs.length, random.int(1, 30)));
    const first = specs.length;
    for (const [index, own] of needs.entries()) {
      const all = new Set(own.map((need) => first + need));
      if (first > 0 && random.chance(0.1)) all.add(random.int(0, first - 1));
      specs.push(drawTask(style, { label: first + index, piece, needs: [...all] }));
    }
  }
  return specs;
}

/** Shapes by what each task needs, by its position; only what stands before it. */
function drawShape(random: Random, size: number): number[][] {
  const shape = random.pick(['chain', 'apart', 'tree', 'shuffle', 'random', 'random', 'fan'] as const);
  const width = random.int(1, 6);
  return Array.from({ length: size }, (_, index) => {
    switch (shape) {
      case 'apart':
        return [];
      case 'chain':
        return index === 0 ? [] : [index - 1];
      case 'tree':
        // The last ones of a binary tree need those before them, two each.
        return index < size / 2 ? [] : pairOf(index - Math.ceil(size / 2), index);
      case 'shuffle':
        return index < width ? [] : rangeOf(Math.floor(index / width - 1) * width, width);
      case 'fan':
        return index === 0 ? [] : index === size - 1 ? rangeOf(0, index) : [0];
      case 'random':
        return drawSome(random, index);
    }
  });
}

function pairOf(index: number, before: number): number[] {
  return [2 * index, 2 * index + 1].filter((need) => need < before);
}

function rangeOf(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function drawSome(random: Random, before: number): number[] {
  const needs = new Set<number>();
  const count = before === 0 ? 0 : random.pick([0, 1, 1, 2, 2, 3, 5]);
  for (let draw = 0; draw < count; draw += 1) needs.add(random.int(Math.max(0, before - 8), before - 1));
  return [...needs];
}

function drawStyle(random: Random, workers: readonly WorkerPlan[], hasDisks: boolean): GraphStyle {
  const some = (probability: number, rate: number): number => (random.chance(probability) ? rate : 0);
  const msMin = random.pick([0.05, 0.05, 1, 20]);
  return {
    random,
    workers,
    msMin,
    msMax: msMin * random.pick([2, 20, 200]),
    sizes: random.pick(hasDisks ? [[0, 1000, 5000], [5000], LARGE, LARGE] : [[0], [0], [0, 200, 5000], LARGE]),
    throwing: some(0.4, 0.12),
    rescheduling: some(0.2, 0.1),
    data: some(0.3, 0.3),
    odd: some(0.4, 0.15),
    restricted: some(0.3, 0.3),
    prioritized: some(0.3, 0.3),
  };
}

function drawTask(
  style: GraphStyle,
  { label, piece, needs }: { readonly label: number; readonly piece: number; readonly needs: readonly number[] },
): TaskSpec {
  const { random } = style;
  const isData = needs.length === 0 && random.chance(style.data);
  const name = isData ? 'data' : random.pick(['load', 'inc', 'sum']);
  const options = drawOptions(style);
  const way = isData ? 'compute' : drawWay(style, options.timeout);
  const again = random.fork(`again ${String(label)}`);
  const throwsFrom = isData || style.throwing === 0 || !again.chance(0.2) ? undefined : again.pick([1, 1, 2]);
  return {
    label,
    key: `${name}-p${String(piece)}-${String(label)}`,
    needs,
    // Long enough for others to see that it has left its slot.
    ms: way === 'secede' ? random.spread(200, 4000) : random.spread(style.msMin, style.msMax),
    bytes: random.pick(style.sizes),
    way,
    throws: isData || !random.chance(style.throwing) ? 0 : random.pick([1, 1, 2, null]),
    ...(throwsFrom !== undefined && { throwsFrom }),
    reschedules: isData || !random.chance(style.rescheduling) ? 0 : random.pick([1, 2]),
    isData,
    options,
  };
}

function drawWay({ random, odd }: GraphStyle, timeout: number | undefined): TaskWay {
  if (!random.chance(odd)) return 'compute';
  const way = random.pick(['wait', 'wait', 'secede', 'exit', 'hang'] as const);
  // What never ends needs somebody who ends it.
  return way === 'hang' && timeout === undefined ? 'wait' : way;
}

function drawOptions({ random, workers, restricted, prioritized, throwing, odd }: GraphStyle): TaskSpecOptions {
  const options: { -readonly [Name in keyof TaskSpecOptions]: TaskSpecOptions[Name] } = {};
  if (random.chance(prioritized)) options.priority = random.int(-2, 2);
  if (throwing > 0 && random.chance(0.5)) options.retries = random.int(1, 2);
  if (random.chance(odd / 3)) options.timeout = random.pick([20, 200]);
  if (random.chance(restricted)) {
    if (random.chance(0.5)) {
      options.workers = [random.pick(workers).name];
      if (random.chance(0.3)) options.allowOtherWorkers = true;
    } else if (workers.some(({ resources }) => (resources['GPU'] ?? 0) > 0)) {
      options.resources = { GPU: 1 };
    }
  }
  return options;
}
