import type { Random } from '../host/random.js';
import type { TaskSpec } from '../workload/task-spec.js';
import type { Action } from './world-plan.js';

interface Programs {
  readonly specs: readonly TaskSpec[];
  readonly clientCount: number;
}

/** How one world's programs behave. */
interface Habits {
  readonly random: Random;
  readonly stepMs: number;
  readonly cancelling: number;
  readonly forcing: number;
  readonly releasing: number;
  readonly retrying: number;
  readonly retryingFailed: number;
  readonly asking: number;
  readonly again: number;
  readonly closing: number;
}

/** Clients have connected by now, in milliseconds. */
const FIRST_AT = 150;

/** Draws what the programs of a world do: they submit its tasks in parts, and do all else in between. */
export function drawActions(random: Random, { specs, clientCount }: Programs): readonly Action[] {
  const habits = drawHabits(random.fork('habits'));
  const actions: Action[] = [];
  for (let client = 0; client < clientCount; client += 1) {
    // The first one submits everything. Others submit a part of it too, so that they want the same.
    const share = client === 0 ? 1 : random.between(0.1, 1);
    actions.push(...drawProgram(habits, { client, specs: withNeeds(specs, random, share) }));
  }
  return actions.sort((a, b) => a.at - b.at);
}

function drawHabits(random: Random): Habits {
  const some = (probability: number, rate: number): number => (random.chance(probability) ? rate : 0);
  return {
    random,
    stepMs: random.spread(0.1, 200),
    cancelling: some(0.4, 0.3),
    forcing: some(0.2, 0.5),
    releasing: some(0.5, 0.4),
    retrying: some(0.4, 0.3),
    retryingFailed: some(0.5, 0.7),
    asking: some(0.6, 0.4),
    again: some(0.3, 0.3),
    closing: some(0.1, 1),
  };
}

/** A part of the tasks, and all that they need: nobody can name what he has not got. */
function withNeeds(specs: readonly TaskSpec[], random: Random, share: number): readonly TaskSpec[] {
  const chosen = new Set(specs.filter(() => random.chance(share)));
  for (const spec of [...specs].reverse()) {
    if (chosen.has(spec)) for (const need of spec.needs) chosen.add(specs[need] as TaskSpec);
  }
  return specs.filter((spec) => chosen.has(spec));
}

function drawProgram(
  habits: Habits,
  { client, specs }: { readonly client: number; readonly specs: readonly TaskSpec[] },
): Action[] {
  const { random } = habits;
  const actions: Action[] = [];
  let at = FIRST_AT + random.between(0, 20);
  for (let next = 0; next < specs.length;) {
    const count = random.pick([1, 1, 3, 10, 40, specs.length]);
    const labels = specs.slice(next, next + count).map(({ label }) => label);
    next += count;
    actions.push(...submissionsOf(specs, labels, { at, client, random }));
    at += random.between(0, habits.stepMs);
    actions.push(...drawMeddling(habits, { client, at, known: specs.slice(0, next).map(({ label }) => label) }));
    at += random.between(0, habits.stepMs);
  }
  if (random.chance(habits.retryingFailed)) {
    const times = random.int(1, 3);
    for (let time = 0; time < times; time += 1)
      actions.push({ kind: 'retry-failed', at: at + random.spread(1, 1000), client });
  }
  if (random.chance(habits.closing)) actions.push({ kind: 'close', at: at + random.spread(1, 500), client });
  return actions;
}

/** Plain data is scattered, all else submitted, in the order in which one needs the other. */
function submissionsOf(
  specs: readonly TaskSpec[],
  labels: readonly number[],
  { at, client, random }: { readonly at: number; readonly client: number; readonly random: Random },
): Action[] {
  const isData = new Map(specs.map((spec) => [spec.label, spec.isData]));
  const data = labels.filter((label) => isData.get(label) === true);
  const tasks = labels.filter((label) => isData.get(label) !== true);
  const actions: Action[] = [];
  if (data.length > 0) actions.push({ kind: 'scatter', at, client, labels: data, broadcast: random.chance(0.2) });
  if (tasks.length === 0) return actions;
  const kind = random.pick(['submit', 'submit', 'map', 'graph'] as const);
  if (kind === 'graph') actions.push({ kind, at, client, labels: tasks, wanted: wantedOf(specs, tasks) });
  else actions.push({ kind, at, client, labels: tasks });
  return actions;
}

/** The ends of a graph, and what is needed elsewhere. */
function wantedOf(specs: readonly TaskSpec[], labels: readonly number[]): readonly number[] {
  const own = new Set(labels);
  const within = new Set<number>();
  const elsewhere = new Set<number>();
  for (const { label, needs } of specs) {
    for (const need of needs) (own.has(label) ? within : elsewhere).add(need);
  }
  return labels.filter((label) => elsewhere.has(label) || !within.has(label));
}

function drawMeddling(
  habits: Habits,
  { client, at, known }: { readonly client: number; readonly at: number; readonly known: readonly number[] },
): Action[] {
  const { random } = habits;
  const some = (): number[] => Array.from({ length: random.pick([1, 1, 3]) }, () => random.pick(known));
  const soon = (): number => at + random.spread(0.01, 300);
  const actions: Action[] = [];
  if (random.chance(habits.asking)) {
    actions.push({ kind: random.pick(['result', 'gather']), at: soon(), client, labels: some() });
  }
  if (random.chance(habits.cancelling)) {
    const labels = some();
    const when = soon();
    actions.push({ kind: 'cancel', at: when, client, labels, force: random.chance(habits.forcing) });
    if (random.chance(habits.again))
      actions.push({ kind: 'submit', at: when + random.spread(0.01, 100), client, labels });
  }
  if (random.chance(habits.releasing)) {
    const labels = some();
    const when = soon();
    actions.push({ kind: 'release', at: when, client, labels });
    if (random.chance(habits.again))
      actions.push({ kind: 'submit', at: when + random.spread(0.01, 100), client, labels });
  }
  if (random.chance(habits.retrying)) actions.push({ kind: 'retry', at: soon(), client, labels: some() });
  return actions;
}
