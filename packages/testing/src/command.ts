import { parseArgs } from 'node:util';

import { drawPlan } from './plan/draw-plan.js';
import { runWorld } from './world/world.js';

/** `pnpm sim --seed N [--count n] [--trace lines] [--plan]`. Exit code 1 if a promise was broken. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '1' },
      tasks: { type: 'string' },
      trace: { type: 'string', default: '300' },
      plan: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
    },
  });
  const first = Number(values.seed);
  const count = Number(values.count);
  const size = values.tasks === undefined ? {} : { tasks: Number(values.tasks) };
  let failed = 0;
  let events = 0;
  let realMs = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const plan = drawPlan(seed, size);
    if (values.plan) print(JSON.stringify(plan, null, 1));
    const result = await runWorld(plan, { traceLines: Number(values.trace), isDetailed: count === 1 });
    events += result.events;
    realMs += result.realMs;
    const head = `seed ${String(seed)} ${result.hash} ${String(result.events)} events ${result.time.toFixed(0)} ms in ${result.realMs.toFixed(0)} ms`;
    if (result.failure === null) {
      if (!values.quiet) print(head);
      continue;
    }
    failed += 1;
    print(`${head}\n  FAILED ${(count === 1 ? result.failure.stack : undefined) ?? result.failure.message}`);
    if (count === 1) {
      for (const { time, process, text } of result.trace.lines())
        print(`${time.toFixed(4).padStart(12)} ${process} ${text}`);
    }
  }
  print(
    `${String(count - failed)} passed, ${String(failed)} failed (${String(events)} events, ${((realMs * 1000) / events).toFixed(1)} µs each)`,
  );
  return failed === 0 ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
