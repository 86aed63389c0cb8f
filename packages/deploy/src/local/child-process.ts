import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { createDeferred, type Deferred } from '@grid/common';

import { DeployError } from '../errors.js';
import type { LaunchReply } from '../process/launch-config.js';
import { processEnvironment } from './process-environment.js';

/** Lines of output kept for each process. */
const LOG_LINES_MAX = 10_000;

/** How long a process may take to leave when it is asked to, before it is killed. */
const STOP_TIMEOUT_MS = 5000;

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of a local cluster: started at once, told what to do a little later. */
export class ChildProcess {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ready: Deferred<LaunchReply> = createDeferred();
  readonly #exited: Deferred<ProcessExit> = createDeferred();
  readonly #log: string[] = [];
  #exit: ProcessExit | null = null;

  /** @param entry - The file to run. */
  constructor(name: string, entry: URL) {
    this.name = name;
    // Flags of this process, such as loaders and inspectors, are not meant for the cluster's.
    this.#child = spawn(process.execPath, [fileURLToPath(entry)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: processEnvironment({}),
    });
    createInterface({ input: this.#child.stderr }).on('line', (line) => this.#remember(line));
    const output = createInterface({ input: this.#child.stdout });
    output.once('line', (line) => {
      this.#takeReply(line);
      output.on('line', (later) => this.#remember(later));
    });
    // The parent may be told to leave while a child is still starting.
    this.#child.stdin.on('error', (error) => this.#remember(`stdin: ${error.message}`));
    this.#child.once('error', (error) => this.#onExit({ code: null, signal: null }, error));
    // `close` comes after the last line of output, `exit` may come before it.
    this.#child.once('close', (code, signal) => this.#onExit({ code, signal }));
    // Whoever starts a process waits for one of the two; the other may fail without anybody looking.
    this.#ready.promise.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How the process ended; `null` while it lives. */
  get exit(): ProcessExit | null {
    return this.#exit;
  }

  /** Settles when the process is gone. */
  get exited(): Promise<ProcessExit> {
    return this.#exited.promise;
  }

  /** The last lines that the process printed. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Tells the process what to do, and waits until it is ready. */
  async launch(config: object): Promise<LaunchReply> {
    this.#child.stdin.write(`${JSON.stringify(config)}\n`);
    return this.#ready.promise;
  }

  /** Asks the process to leave, and kills it if it does not. */
  async stop(): Promise<void> {
    if (this.#exit !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#exited.promise;
    clearTimeout(timer);
  }

  /** Ends the process without a word to it. */
  kill(): void {
    if (this.#exit === null) this.#child.kill('SIGKILL');
  }

  /** Lets this process exit although the child is there: the child leaves by itself once its standard input ends. */
  unref(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      // Pipes to children are sockets, which the types do not say.
      (stream as unknown as { unref?(): void }).unref?.();
    }
  }

  #takeReply(line: string): void {
    try {
      this.#ready.resolve(JSON.parse(line) as LaunchReply);
    } catch (error) {
      this.#ready.reject(this.#startError('printed something else than its address', error));
    }
  }

  #remember(line: string): void {
    this.#log.push(line);
    if (this.#log.length > LOG_LINES_MAX) this.#log.splice(0, LOG_LINES_MAX / 10);
  }

  #onExit(exit: ProcessExit, cause?: unknown): void {
    if (this.#exit !== null) return;
    this.#exit = exit;
    const how = exit.signal ?? `code ${String(exit.code)}`;
    this.#ready.reject(this.#startError(`ended before it was ready (${how})`, cause));
    this.#exited.resolve(exit);
  }

  #startError(problem: string, cause: unknown): DeployError {
    const tail = this.#log.slice(-20);
    const output = tail.length === 0 ? '' : `; its last output was:\n${tail.join('\n')}`;
    return new DeployError('GRID_DEPLOY_START_FAILED', `${this.name} ${problem}${output}`, {
      details: { process: this.name, output: tail },
      cause,
    });
  }
}
