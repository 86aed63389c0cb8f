/* 45: many closures of one place. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';
import { report } from './report.js';

const COUNT = 20_000;
/** Ten times what it takes: machines differ, and others work on them. */
const SLOW_MICROSECONDS = 1500;
const MANY_BYTES = 4e6;

await report(async () => {
  const texts = new Set<string>();
  const encoder = new FunctionEncoder();
  const decoder = new FunctionDecoder({ root: '/', mayEvaluate: (hash) => texts.add(hash).size > 0 });
  const once = async (i: number): Promise<void> => {
    const fn = (await decoder.load(encoder.capture((x: number) => x + i))) as (x: number) => number;
    if (fn(1) !== i + 1) throw new Error(`closure ${i} gives ${fn(1)}`);
  };
  for (let i = 0; i < COUNT / 10; i++) await once(i);
  const before = heapUsed();
  const start = performance.now();
  for (let i = 0; i < COUNT; i++) await once(i);
  const each = ((performance.now() - start) / COUNT) * 1000;
  const kept = heapUsed() - before;
  if (kept > MANY_BYTES) throw new Error(`${kept} bytes are kept`);
  if (texts.size !== 1) throw new Error(`there are ${texts.size} texts`);
  if (each > SLOW_MICROSECONDS) throw new Error(`each takes ${each} microseconds`);
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
