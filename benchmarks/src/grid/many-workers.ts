import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Workers of one process, with executors that run tasks on its event loop. */
export async function startManyWorkers(scheduler: string, count: number): Promise<AsyncDisposable> {
  const entry = fileURLToPath(new URL('children/many-workers.js', import.meta.url));
  const child = spawn(process.execPath, [entry, scheduler, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code]) => {
      throw new Error(`the process with the workers ended with ${String(code)}`);
    }),
  ]);
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
