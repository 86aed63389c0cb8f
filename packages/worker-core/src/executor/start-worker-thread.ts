import { Worker, type ResourceLimits } from 'node:worker_threads';

import type { StartThread, ThreadLink, ThreadLinkEvents } from './thread-link.js';
import type { FromThread, ThreadSetup } from './thread-messages.js';

/** A thread in native code ends only when that returns; nobody waits longer for it than this. */
const TERMINATE_TIMEOUT_MS = 2000;

export interface WorkerThreadOptions {
  /** The built file that a thread starts with: `@grid/worker-core/thread-entry`. Threads cannot start from TypeScript. */
  readonly entry: URL;
  /** Bounds of the thread's own heap. @defaultValue what Node chooses */
  readonly resourceLimits?: ResourceLimits;
  /** Bytes of dead shared buffers that a thread may leave behind before it collects. @defaultValue 64 MiB */
  readonly sharedGarbageMax?: number;
}

/** Starts threads of Node. */
export function workerThreadStarter({ entry, resourceLimits, sharedGarbageMax }: WorkerThreadOptions): StartThread {
  return (poolSetup, events) => {
    // Sockets are of one thread; this one opens its own.
    const { transports: _, ...cloneable } = poolSetup;
    const setup = sharedGarbageMax === undefined ? cloneable : { ...cloneable, sharedGarbageMax };
    const limits = resourceLimits === undefined ? {} : { resourceLimits };
    return new WorkerThreadLink(
      new Worker(entry, { workerData: setup, name: 'grid-task-thread', ...limits }),
      setup,
      events,
    );
  };
}

class WorkerThreadLink implements ThreadLink {
  readonly #thread: Worker;
  #hasEnded = false;
  #error: unknown;

  constructor(thread: Worker, _setup: ThreadSetup, events: ThreadLinkEvents) {
    this.#thread = thread;
    // What arrives comes from our own entry file, which sends nothing else.
    thread.on('message', (message: FromThread) => {
      if (!this.#hasEnded) events.onMessage(message);
    });
    thread.on('error', (error: unknown) => {
      this.#error = error;
    });
    thread.on('exit', () => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      events.onEnd(this.#error);
    });
  }

  get threadId(): number {
    return this.#thread.threadId;
  }

  post(message: Parameters<ThreadLink['post']>[0], transfer: readonly ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer);
  }

  async terminate(): Promise<void> {
    this.#hasEnded = true;
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TERMINATE_TIMEOUT_MS);
    });
    await Promise.race([this.#thread.terminate(), timeUp]);
    clearTimeout(timer);
    this.#thread.unref();
  }
}
