/* 52: a process that may not use the inspector. */
import { task } from '@grid/client';
import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';
import { report } from './report.js';

const offset = 41;
const encoder = new FunctionEncoder();

function refuses(): boolean {
  try {
    encoder.capture((x: number) => x + offset);
    return false;
  } catch (error) {
    const { message, details } = error as Error & { details?: { reason?: unknown } };
    if (details?.reason === 'NOINSPECT' && /--allow-inspector/.test(message)) return true;
    throw error;
  }
}

await report(async () => {
  if (!refuses()) throw new Error('the function was captured');
  const told = encoder.capture(task((x: number) => x + offset, { captures: { offset } }));
  const fn = (await new FunctionDecoder({ root: '/' }).load(told)) as (x: number) => number;
  if (fn(1) !== 42) throw new Error(`what was told gives ${fn(1)}`);
});
