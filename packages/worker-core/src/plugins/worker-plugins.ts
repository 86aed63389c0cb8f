import type { Logger } from '@grid/common';
import { PluginHost, type BuiltIns, type PluginFailure, type PluginPart, type StartPluginThread } from '@grid/plugins';

import type { Story } from '../core/story.js';
import type { PluginsOfThreads } from '../executor/executor.js';

export interface WorkerPluginsParts {
  readonly logger: Logger;
  readonly startThread: StartPluginThread;
  /** Those of the threads for tasks. */
  readonly threads: PluginsOfThreads;
  readonly story: Story;
  readonly builtIns: BuiltIns;
  /** Where packages are looked up that plugins import. */
  readonly root: string;
  /** What a plugin finds at what its setup is called with. */
  describe(): { readonly address: string; readonly name: string; readonly schedulerAddress: string };
}

/**
 * The plugins of a worker. Those that are for each thread live where tasks run, and tasks reach them; those that are for the
 * worker as a whole live in one thread beside. None runs on the loop that moves messages.
 */
export class WorkerPlugins {
  readonly #threads: PluginsOfThreads;
  readonly #story: Story;
  readonly #host: PluginHost;
  #followsTransitions = false;
  #toldUpTo = 0;

  constructor(parts: WorkerPluginsParts) {
    const { logger, startThread, threads, story, builtIns, root } = parts;
    this.#threads = threads;
    this.#story = story;
    this.#host = new PluginHost(
      () => {
        const about = parts.describe();
        const owner = `worker ${about.address}`;
        return { root, owner, life: { begin: 'setup', end: 'teardown' }, about: { ...about }, env: null };
      },
      { logger, startThread, builtIns },
    );
  }

  /** Sets a plugin up, in place of one of the same name. In threads for tasks, what they are given after this finds it. */
  async add(part: PluginPart): Promise<PluginFailure | null> {
    const isOfThreads = part.per === 'thread' && part.builtIn === '';
    const place = isOfThreads ? this.#threads : this.#host;
    const other = isOfThreads ? this.#host : this.#threads;
    const outcome = place.add(part);
    // One of the other kind may have had this name.
    await other.drop(part.name);
    const failure = await outcome;
    this.#look();
    return failure;
  }

  async drop(name: string): Promise<PluginFailure | null> {
    const failures = await Promise.all([this.#threads.drop(name), this.#host.drop(name)]);
    this.#look();
    return failures.find((failure) => failure !== null) ?? null;
  }

  /** After each step of the core: what it has done to tasks. One look at a flag, unless a plugin follows that. */
  afterStep(): void {
    if (!this.#followsTransitions) return;
    for (const { key, from, to, stimulusId, at } of this.#story.since(this.#toldUpTo)) {
      this.#host.tell('transition', key, from, to, { stimulusId, at });
    }
    this.#toldUpTo = this.#story.count;
  }

  /** Those of the threads are torn down by the executor. */
  close(): Promise<void> {
    return this.#host.close();
  }

  #look(): void {
    const follows = this.#host.wants('transition');
    if (follows && !this.#followsTransitions) this.#toldUpTo = this.#story.count;
    this.#followsTransitions = follows;
  }
}
