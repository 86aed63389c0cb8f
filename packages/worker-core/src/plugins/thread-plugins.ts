import { createDeferred, type Deferred } from '@grid/common';
import type { PluginFailure, PluginPart } from '@grid/plugins';

import type { PluginsOfThreads } from '../executor/executor.js';
import type { StartThread, ThreadLink } from '../executor/thread-link.js';
import type { PluginDoneMessage } from '../executor/thread-messages.js';

/** Threads may take so long to tear their plugins down when the worker closes, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;

/** A thread, and the answers that it owes. */
interface TrackedThread {
  link: ThreadLink | undefined;
  readonly pending: Map<number, Deferred<PluginFailure | null>>;
}

/** The plugins that each thread for tasks has of its own: also threads that are started later, in place of others. */
export class ThreadPlugins implements PluginsOfThreads {
  readonly #parts = new Map<string, PluginPart>();
  readonly #threads = new Set<TrackedThread>();
  #lastCall = 0;

  /** Starts threads that have the plugins, set up before their first task. */
  starting(startThread: StartThread): StartThread {
    return (setup, events) => {
      const thread: TrackedThread = { link: undefined, pending: new Map() };
      const link = startThread(
        { ...setup, plugins: [...this.#parts.values()] },
        {
          onMessage: (message) => {
            if (message.kind === 'plugin-done') answer(thread, message);
            else events.onMessage(message);
          },
          onEnd: (error) => {
            this.#forget(thread);
            events.onEnd(error);
          },
        },
      );
      thread.link = link;
      this.#threads.add(thread);
      return {
        get threadId() {
          return link.threadId;
        },
        post: (message, transfer) => link.post(message, transfer),
        terminate: () => {
          this.#forget(thread);
          return link.terminate();
        },
      };
    };
  }

  /** Sets a plugin up in all threads; what they are given after this call finds it. Settles when the last has done so. */
  async add(part: PluginPart): Promise<PluginFailure | null> {
    this.#parts.delete(part.name);
    this.#parts.set(part.name, part);
    return this.#askAll((call) => ({ kind: 'plugin', call, name: part.name, part }));
  }

  /** Tears a plugin down in all threads. */
  async drop(name: string): Promise<PluginFailure | null> {
    if (!this.#parts.delete(name)) return null;
    return this.#askAll((call) => ({ kind: 'plugin', call, name, part: null }));
  }

  /** Tears all plugins down; threads that do not get to it in time are left as they are. */
  async close(): Promise<void> {
    if (this.#parts.size === 0) return;
    this.#parts.clear();
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    });
    await Promise.race([this.#askAll((call) => ({ kind: 'plugin', call, name: null, part: null })), timeUp]);
    clearTimeout(timer);
  }

  /** The first failure, if any thread has one. */
  async #askAll(message: (call: number) => Parameters<ThreadLink['post']>[0]): Promise<PluginFailure | null> {
    const call = (this.#lastCall += 1);
    const asked = Array.from(this.#threads, async (thread) => {
      const outcome = createDeferred<PluginFailure | null>();
      thread.pending.set(call, outcome);
      thread.link?.post(message(call), []);
      return outcome.promise;
    });
    return (await Promise.all(asked)).find((failure) => failure !== null) ?? null;
  }

  /** Nobody waits for a thread that is gone: the next one sets its plugins up by itself. */
  #forget(thread: TrackedThread): void {
    this.#threads.delete(thread);
    for (const outcome of thread.pending.values()) outcome.resolve(null);
    thread.pending.clear();
  }
}

function answer({ pending }: TrackedThread, { call, failure }: PluginDoneMessage): void {
  pending.get(call)?.resolve(failure);
  pending.delete(call);
}
