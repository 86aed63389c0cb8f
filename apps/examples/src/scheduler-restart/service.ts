import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { ExampleError } from '../shared/errors.js';

/** A scheduler or a worker in a process of its own, as `grid-scheduler` and `grid-worker` start it. */
export class Service implements AsyncDisposable {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, ended: Promise<void>, address: string) {
    this.#child = child;
    this.#ended = ended;
    this.address = address;
  }

  /** Starts it, and waits until it says where it is. */
  static async start(kind: 'scheduler' | 'worker', flags: readonly string[], token: string): Promise<Service> {
    const file = fileURLToPath(new URL(`../../../${kind}/dist/bin.js`, import.meta.url));
    const common = ['--no-dashboard', '--print-address-json'];
    const child = spawn(process.execPath, [file, ...flags, ...common], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GRID_TOKEN: token },
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    for await (const line of createInterface({ input: child.stdout })) {
      const { address } = JSON.parse(line) as { address: string };
      return new Service(child, ended, address);
    }
    throw new ExampleError('GRID_EXAMPLES_NOT_STARTED', `the ${kind} did not start; has everything been built?`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it as the system would: without a word. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends it in order. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}
