import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const CLOSE_MS = 15_000;

/** The `grid-scheduler` binary in a process of its own, without any worker. */
export interface SchedulerProcess extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  /** Bytes of heap in use after a full collection. */
  heapUsed(): Promise<number>;
}

/** Starts one on a free port of the loopback interface. */
export async function startScheduler(): Promise<SchedulerProcess> {
  const manifest = require.resolve('@grid/scheduler/package.json');
  const probe = new URL('children/heap-probe.js', import.meta.url).href;
  const args = ['--expose-gc', '--import', probe, join(dirname(manifest), 'dist', 'bin.js')];
  const flags = [
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--dashboard-address',
    '127.0.0.1:0',
    '--no-auth',
    '--print-address-json',
  ];
  const child = spawn(process.execPath, [...args, ...flags], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  const exited = once(child, 'exit');
  const { value: line } = (await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next()) as {
    value?: string;
  };
  if (line === undefined) throw new Error('the scheduler process did not say its address');
  return {
    address: (JSON.parse(line) as { address: string }).address,
    pid: child.pid!,
    async heapUsed() {
      const answer = once(child, 'message') as Promise<[number]>;
      child.send('heap');
      return (await answer)[0];
    },
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(timer);
    },
  };
}
