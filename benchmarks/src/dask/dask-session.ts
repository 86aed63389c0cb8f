import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import type { Session } from '../workload.js';
import type { Python } from './python.js';
import { scriptPath } from './python.js';

const START_MS = 60_000;
const SAMPLE_MS = 600_000;
const CLOSE_MS = 20_000;

interface Reply {
  readonly ready?: object;
  readonly sample?: number;
  readonly error?: string;
}

/** Starts a script of the folder `dask` and waits until its cluster is warm; see `stepwise.py` for what they say. */
export async function openDask(python: Python, script: string, args: readonly (string | number)[]): Promise<Session> {
  const child = spawn(python.interpreter, [scriptPath(script), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function reply(limitMs: number): Promise<Reply> {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    try {
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`${script} ended without an answer (or was stopped after ${limitMs} ms)`);
      const answer = JSON.parse(value) as Reply;
      if (answer.error !== undefined) throw new Error(`${script}: ${answer.error}`);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  await reply(START_MS);
  return {
    async sample() {
      child.stdin.write('sample\n');
      return (await reply(SAMPLE_MS)).sample ?? Number.NaN;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
