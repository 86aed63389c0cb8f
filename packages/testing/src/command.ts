import { parseArgs } from 'node:util';

import { Coverage } from './state-coverage/coverage.js';
import { findPlants, type PlantSearch } from './plants/find-plants.js';
import { drawPlan } from './plan/draw-plan.js';
import { describePlan, shrinkPlan } from './plan/shrink-plan.js';
import type { WorldPlan } from './plan/world-plan.js';
import { DEADLOCK_SCRIPTS, type DeadlockScript } from './scripts/deadlock-scripts.js';
import { DISTURBANCES } from './scripts/every-moment.js';
import { searchOrders } from './scripts/search-orders.js';
import { searchEveryMoment } from './scripts/search-every-moment.js';
import { runWorld, type WorldResult } from './world/world.js';

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  count: { type: 'string', default: '1' },
  tasks: { type: 'string' },
  trace: { type: 'string', default: '300' },
  plan: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  shrink: { type: 'boolean', default: false },
  coverage: { type: 'boolean', default: false },
  planted: { type: 'string' },
  every: { type: 'string', default: '1' },
  tries: { type: 'string', default: 'Infinity' },
  script: { type: 'string' },
  'every-moment': { type: 'string' },
  'every-order': { type: 'string' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** `pnpm sim --seed N [--count n] …`, as docs/simulation.md says. Exit code 1 if a promise was broken. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.planted !== undefined)
    return runPlants({
      worldsMax: Number(values.count),
      names: new RegExp(values.planted),
      tries: Number(values.tries),
      every: Number(values.every),
    });
  if (values['every-moment'] !== undefined)
    return runSearch(Number(values.seed), values['every-moment'] === '2' ? 2 : 1);
  if (values['every-order'] !== undefined)
    return runOrders(Number(values.seed), values['every-order'], Number(values.count));
  return runSeeds(values);
}

async function runOrders(seed: number, names: string, worldsMax: number): Promise<number> {
  let failed = 0;
  for (const what of [null, ...DISTURBANCES]) {
    if (!new RegExp(names).test(what ?? 'nothing')) continue;
    const { worlds, states, isComplete, failures } = await searchOrders(seed, what, worldsMax);
    for (const { what: order, text } of failures) print(`FAILED ${order}: ${text}`);
    const end = isComplete ? 'complete' : 'not complete';
    print(
      `${what ?? 'nothing'}: ${String(worlds)} worlds, ${String(states)} states, ${String(failures.length)} failed, ${end}`,
    );
    failed += failures.length;
  }
  return failed === 0 ? 0 : 1;
}

async function runSearch(seed: number, depth: 1 | 2): Promise<number> {
  const { worlds, failures } = await searchEveryMoment(seed, depth);
  for (const { what, text } of failures) print(`FAILED ${what}: ${text}`);
  print(`${String(worlds)} worlds, ${String(failures.length)} failed`);
  return failures.length === 0 ? 0 : 1;
}

async function runSeeds(values: Values): Promise<number> {
  const first = Number(values.seed);
  const count = Number(values.count);
  const size = values.tasks === undefined ? {} : { tasks: Number(values.tasks) };
  const coverage = values.coverage ? new Coverage() : undefined;
  let failed = 0;
  let events = 0;
  let realMs = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const plan = values.script === undefined ? drawPlan(seed, size) : scriptNamed(values.script).plan(seed);
    if (values.plan) print(JSON.stringify(plan, null, 1));
    const result = await runWorld(plan, { traceLines: 0, ...(coverage !== undefined && { coverage }) });
    events += result.events;
    realMs += result.realMs;
    const head = `seed ${String(seed)} ${result.hash} ${String(result.events)} events ${result.time.toFixed(0)} ms in ${result.realMs.toFixed(0)} ms`;
    if (result.failure === null) {
      if (!values.quiet) print(head);
      continue;
    }
    failed += 1;
    print(`${head}\n  FAILED ${result.failure.message}`);
    if (count === 1) await tellStory(plan, Number(values.trace));
    if (values.shrink) await tellSmallest(plan, result);
  }
  if (coverage !== undefined) print(`cells ${JSON.stringify(Object.fromEntries([...coverage.counts].sort()))}`);
  print(
    `${String(count - failed)} passed, ${String(failed)} failed (${String(events)} events, ${((realMs * 1000) / events).toFixed(1)} µs each)`,
  );
  return failed === 0 ? 0 : 1;
}

function scriptNamed(name: string): DeadlockScript {
  const script = DEADLOCK_SCRIPTS[name];
  if (script !== undefined) return script;
  throw new TypeError(`there is no script ${name}; there are ${Object.keys(DEADLOCK_SCRIPTS).join(', ')}`);
}

/** The same again, with all that people want to know of it: writing that down takes half of the time. */
async function tellStory(plan: WorldPlan, traceLines: number): Promise<void> {
  const { failure, trace } = await runWorld(plan, { traceLines, isDetailed: true });
  print(failure?.stack ?? 'it did not fail again: something real got in');
  for (const { time, process, text } of trace.lines()) print(`${time.toFixed(4).padStart(12)} ${process} ${text}`);
}

/** The same failure, with as little around it as can be. */
async function tellSmallest(plan: WorldPlan, { failure }: WorldResult): Promise<void> {
  const kind = kindOf(failure);
  const smallest = await shrinkPlan(plan, async (smaller) => {
    const again = await runWorld(smaller, { traceLines: 0 });
    return again.failure !== null && kindOf(again.failure) === kind;
  });
  const { failure: last } = await runWorld(smallest, { traceLines: 0 });
  print(`the smallest world that fails like this: ${last?.message ?? ''}\n${describePlan(smallest)}`);
}

/** Which promise was broken. */
function kindOf(failure: Error | null): string {
  return failure?.message.split(':')[0] ?? '';
}

async function runPlants(search: PlantSearch): Promise<number> {
  let missed = 0;
  for await (const { name, worlds, found, hasActed } of findPlants(search)) {
    if (found !== null) print(`found ${name} | seed ${String(found.seed)} | ${found.text}`);
    else if (hasActed) print(`MISSED ${name} | ${String(worlds)} worlds`);
    else print(`unreached ${name}`);
    if (found === null && hasActed) missed += 1;
  }
  return missed === 0 ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
