import { Worker } from 'node:worker_threads';

import type { FromPluginThread, PluginThreadSetup, ToPluginThread } from './plugin-messages.js';

/** A thread, as its host knows it. */
export interface PluginThread {
  post(message: ToPluginThread): void;
  /** Ends it whatever it does. */
  terminate(): Promise<void>;
}

/** What is heard of a thread. */
export interface PluginThreadEvents {
  onMessage(message: FromPluginThread): void;
  /** It has ended, unasked. */
  onEnd(error: unknown): void;
}

/** Starts the thread of a host. */
export type StartPluginThread = (setup: PluginThreadSetup, events: PluginThreadEvents) => PluginThread;

/** Where the built file lies that threads start with; right in the built package only. */
function defaultEntry(): URL {
  return new URL('./thread/thread-entry.js', import.meta.url);
}

/**
 * Starts threads of Node, which do not keep the process alive.
 *
 * @param entry - The built file that a thread starts with: `@grid/plugins/thread-entry`.
 */
export function pluginThreadStarter(entry: URL = defaultEntry()): StartPluginThread {
  return (setup, events) => {
    const thread = new Worker(entry, { workerData: setup, name: 'grid-plugins' });
    thread.unref();
    let isOver = false;
    let problem: unknown;
    // What arrives comes from our own entry file, which sends nothing else.
    thread.on('message', (message: FromPluginThread) => {
      if (!isOver) events.onMessage(message);
    });
    thread.on('error', (error: unknown) => {
      problem = error;
    });
    thread.on('exit', () => {
      if (isOver) return;
      isOver = true;
      events.onEnd(problem);
    });
    return {
      post: (message) => thread.postMessage(message),
      async terminate() {
        isOver = true;
        await thread.terminate();
      },
    };
  };
}
