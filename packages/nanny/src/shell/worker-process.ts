import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

import type { ProcessExit } from '../core/worker-exit.js';
import type { FromProcess, ToProcess } from '../process-messages.js';
import type { LogTail } from './log-tail.js';

/** How a worker's process is started. */
export interface ProcessCommand {
  /** The JavaScript file to run; it calls `runUnderNanny` of `@grid/nanny/child`. */
  readonly entry: URL;
  /** The process's whole environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** What is heard of a process. */
export interface ProcessEvents {
  onMessage(message: FromProcess): void;
  /** Once, also if it could not be started. What it printed is in the log by then. */
  onExit(exit: ProcessExit, error?: Error): void;
  /** It has printed something. */
  onOutput?(name: 'stdout' | 'stderr', text: string): void;
}

/** What is printed after the end is waited for so long: a process of the process may keep the line open for ever. */
const LAST_OUTPUT_MS = 100;

/** One life of a worker's process, seen from its parent. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  #hasEnded = false;

  constructor({ entry, env }: ProcessCommand, log: LogTail, events: ProcessEvents) {
    // Flags of this process, such as loaders and inspectors, are not meant for the worker's.
    this.#child = spawn(process.execPath, [fileURLToPath(entry)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
    });
    const flushes = (['stdout', 'stderr'] as const).map((name) => this.#keepOutput(name, log, events));
    const onEnd = (exit: ProcessExit, error?: Error): void => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      for (const flush of flushes) flush();
      events.onExit(exit, error);
    };
    // Comes from our own entry file, which sends nothing else; what user code runs in has no such channel.
    this.#child.on('message', (message) => events.onMessage(message as FromProcess));
    this.#child.once('error', (error) => {
      // Later ones are about messages to a process that is on its way out.
      if (this.#child.pid === undefined) onEnd({ code: null, signal: null }, error);
    });
    this.#child.once('exit', (code, signal) => {
      const timer = setTimeout(() => onEnd({ code, signal }), LAST_OUTPUT_MS);
      this.#child.once('close', () => {
        clearTimeout(timer);
        onEnd({ code, signal });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Says something, if there still is somebody to hear it. */
  send(message: ToProcess): void {
    // A failure means that it is gone, which is told by itself.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#child.kill(signal);
  }

  /** Whether this process stays as long as that one does. It does at first. */
  hold(isHeld: boolean): void {
    const how = isHeld ? 'ref' : 'unref';
    this.#child[how]();
    this.#child.channel?.[how]();
    // Pipes to children are sockets, which the types do not say; and this child has both.
    for (const socket of [this.#child.stdout, this.#child.stderr] as unknown as readonly Socket[]) {
      if (isHeld) socket.ref();
      else socket.unref();
    }
  }

  #keepOutput(name: 'stdout' | 'stderr', log: LogTail, events: ProcessEvents): () => void {
    const reader = log.reader(name);
    this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
      reader.read(text);
      events.onOutput?.(name, text);
    });
    return () => reader.flush();
  }
}
