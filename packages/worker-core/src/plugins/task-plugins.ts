import { messageOf } from '@grid/common';
import { pluginFailure, PluginTable, type PluginFailure, type PluginPart } from '@grid/plugins';

import { WorkerError } from '../errors.js';
import type { CodeLoader } from '../executor/code-loader.js';
import type { FromThread, PluginMessage, ThreadSetup } from '../executor/thread-messages.js';

export interface TaskPluginsParts {
  readonly code: CodeLoader;
  post(message: FromThread): void;
  /** Nothing is being set up or torn down any more: tasks may go on. */
  onIdle(): void;
}

/** The plugins of one thread for tasks, which its tasks reach by name. */
export class TaskPlugins {
  readonly #parts: TaskPluginsParts;
  readonly #table: PluginTable;
  readonly #context: object;

  constructor(setup: ThreadSetup, parts: TaskPluginsParts) {
    this.#parts = parts;
    const { code } = parts;
    this.#table = new PluginTable(
      { decoder: code.decoder, prepare: (payload) => code.prepare(payload) },
      { begin: 'setup', end: 'teardown' },
      (name, hook, error) => this.#log('warn', `plugin '${name}' failed in ${hook}: ${messageOf(error)}`),
    );
    this.#context = {
      address: setup.workerAddress,
      name: setup.workerName,
      schedulerAddress: setup.schedulerAddress,
      log: (text: string, level: 'debug' | 'info' | 'warn' | 'error' = 'info') => this.#log(level, String(text)),
    };
    for (const part of setup.plugins ?? []) void this.#addAtStart(part);
  }

  /** Whether tasks may run: no plugin is being set up or torn down. */
  get isIdle(): boolean {
    return this.#table.isIdle;
  }

  /** The plugins, by name. To reach for one whose setup failed throws that. */
  get byName(): Readonly<Record<string, object | undefined>> {
    const plugins: Record<string, object | undefined> = {};
    for (const name of this.#table.names) {
      Object.defineProperty(plugins, name, { enumerable: true, get: () => this.#find(name) });
    }
    return plugins;
  }

  /** Settles when what was asked for before is done. */
  async settled(): Promise<void> {
    if (!this.isIdle) await this.#table.settled();
  }

  /** Does what the main side asks for, and answers. */
  async receive({ call, name, part }: PluginMessage): Promise<void> {
    const failure = await this.#step(async () => {
      if (part !== null) await this.#table.add(part, this.#context);
      else if (name !== null) await this.#table.drop(name, this.#context);
      else await this.#table.close(this.#context);
    });
    this.#parts.post({ kind: 'plugin-done', call, failure });
  }

  async #addAtStart(part: PluginPart): Promise<void> {
    const failure = await this.#step(() => this.#table.add(part, this.#context));
    if (failure !== null) this.#log('warn', `plugin '${part.name}' was not set up: ${failure.message}`);
  }

  async #step(work: () => Promise<void>): Promise<PluginFailure | null> {
    try {
      await work();
      return null;
    } catch (error) {
      return pluginFailure(error, this.#parts.code.encoder);
    } finally {
      if (this.isIdle) this.#parts.onIdle();
    }
  }

  #find(name: string): object | undefined {
    try {
      return this.#table.get(name);
    } catch (cause) {
      throw new WorkerError(
        'GRID_WORKER_PLUGIN_FAILED',
        `plugin '${name}' could not be set up in this thread of the worker: ${messageOf(cause)}`,
        { details: { plugin: name }, cause },
      );
    }
  }

  #log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void {
    this.#parts.post({ kind: 'log', level, text, key: '' });
  }
}
