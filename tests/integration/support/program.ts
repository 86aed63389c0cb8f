import { AssertionError } from 'node:assert';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { until } from './until.js';

/** How a program ended. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node program that runs as a process of its own, and what it has printed so far. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<ProgramExit>;
  #exit: ProgramExit | null = null;
  stdout = '';
  stderr = '';

  constructor(
    file: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    { nodeOptions = [], cwd }: { readonly nodeOptions?: readonly string[]; readonly cwd?: string } = {},
  ) {
    this.#child = spawn(process.execPath, [...nodeOptions, file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...ownEnvironment(), ...env },
      cwd,
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  /** A script of the folder `fixtures`. */
  static fixture(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Program {
    return new Program(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)), args, env);
  }

  /** A binary as it is built, such as `grid-scheduler`. */
  static binary(
    name: 'scheduler' | 'worker' | 'cli',
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Program {
    return new Program(fileURLToPath(new URL(`../node_modules/@grid/${name}/dist/bin.js`, import.meta.url)), args, env);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new AssertionError({ message: 'the program could not be started' });
    return pid;
  }

  /** All that was printed. */
  get output(): string {
    return `${this.stdout}${this.stderr}`;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until the program has printed something that fits, and returns the match. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    await until(`output like ${String(pattern)}`, () => pattern.test(this.output) || this.#exit !== null).catch(
      () => {},
    );
    const match = pattern.exec(this.output);
    if (match !== null) return match;
    throw new AssertionError({ message: `no output like ${String(pattern)} in:\n${this.output}` });
  }

  /** Waits for the first line on standard output, which is JSON, within `timeoutMs`. */
  async firstJson<T>(timeoutMs = 15_000): Promise<T> {
    await until('a line on standard output', () => this.stdout.includes('\n') || this.#exit !== null, timeoutMs);
    const [line = ''] = this.stdout.split('\n');
    if (line === '')
      throw new AssertionError({ message: `no line on standard output; standard error:\n${this.stderr}` });
    return JSON.parse(line) as T;
  }

  /** Waits for the end, within `timeoutMs`. */
  async ends(timeoutMs = 15_000): Promise<ProgramExit> {
    await until(`the end of the program, which printed:\n${this.output}`, () => this.#exit !== null, timeoutMs);
    return this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exit === null) this.#child.kill('SIGKILL');
    await this.exited;
  }
}

/** This process's environment without what is meant for the test runner, and without a token that may lie around. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const {
    NODE_OPTIONS: _options,
    GRID_TOKEN: _token,
    GRID_TOKEN_FILE: _file,
    GRID_SCHEDULER_ADDRESS: _address,
    ...rest
  } = process.env;
  return rest;
}
