/* The same program under a test runner. */
import { runProgram } from './program.js';

/** Of jest and of vitest alike. */
declare const test: (title: string, body: () => unknown, timeoutMs: number) => void;

test('cases', async () => {
  const client = await import('@grid/client');
  const protocol = await import('@grid/protocol');
  await runProgram({ client, protocol });
}, 120_000);
