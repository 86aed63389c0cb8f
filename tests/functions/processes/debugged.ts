/* 51: a process with a debugger attached, which has set a breakpoint. */
import { once } from 'node:events';
import { FunctionEncoder } from '@grid/protocol';
import { report } from './report.js';

const offset = 1;
const helper = (x: number): number => x + offset;

function stopsHere(i: number): number {
  return i; // breakpoint
}

await report(async () => {
  // The debugger says when it is there.
  await once(process.stdin, 'data');
  process.stdin.pause();
  const encoder = new FunctionEncoder();
  const start = performance.now();
  for (let i = 0; i < 500; i++) encoder.capture((x: number) => helper(x) + i);
  const each = ((performance.now() - start) / 500) * 1000;
  encoder.close();
  if (each > 10_000) throw new Error(`each capture takes ${each} microseconds`);
  // The debugger counts these; a window of ours would have taken its breakpoint away.
  for (let i = 0; i < 3; i++) stopsHere(i);
});
