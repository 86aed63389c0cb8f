import { messageOf, type Logger } from '@grid/common';
import type { MessageWith } from '@grid/protocol';
import {
  environ,
  npmInstall,
  PluginHost,
  type PluginFailure,
  type PluginPart,
  type StartPluginThread,
} from '@grid/plugins';

/** A function that runs longer is given up. Milliseconds. */
const RUN_TIMEOUT_MS = 3_600_000;

export interface NannyPluginsParts {
  readonly logger: Logger;
  readonly startThread: StartPluginThread;
  /** Where workers look for packages: a folder. */
  readonly root: string;
}

/** The plugins of a nanny, and what they add to the environment of its workers to come. */
export class NannyPlugins {
  readonly #logger: Logger;
  readonly #host: PluginHost;
  #env: Readonly<Record<string, string>> = {};
  /** What single plugins add, by their ids. */
  readonly #more = new Map<string, Readonly<Record<string, string>>>();

  /** @param name - the worker's */
  constructor(name: string, { logger, startThread, root }: NannyPluginsParts) {
    this.#logger = logger;
    this.#host = new PluginHost(
      () => ({
        root,
        owner: `the nanny of ${name}`,
        life: { begin: 'setup', end: 'teardown' },
        about: { name, pid: process.pid },
        env: {},
      }),
      {
        logger,
        startThread,
        builtIns: {
          environ: environ((id, variables) => {
            if (variables === null) this.#more.delete(id);
            else this.#more.set(id, variables);
          }),
          'npm-install': npmInstall(root, logger),
        },
        onEnvironment: (env) => (this.#env = env),
      },
    );
  }

  /** Variables of the environment of the next worker, besides those that every worker has. */
  get env(): Readonly<Record<string, string>> {
    return Object.assign({}, this.#env, ...this.#more.values()) as Readonly<Record<string, string>>;
  }

  /** Whether this very registration is set up. */
  has(part: PluginPart): boolean {
    return this.#host.has(part);
  }

  add(part: PluginPart): Promise<PluginFailure | null> {
    return this.#host.add(part);
  }

  /** Sets up those that were there before this nanny. What goes wrong is logged: nobody waits for it. */
  async addAll(parts: readonly PluginPart[]): Promise<void> {
    for (const part of parts) {
      const failure = await this.#host.add(part);
      if (failure !== null) this.#logger.warn({ plugin: part.name, error: failure.message }, 'a plugin was not set up');
    }
  }

  drop(name: string): Promise<PluginFailure | null> {
    return this.#host.drop(name);
  }

  /** Runs a function beside the plugins, in their thread. What it throws is its outcome. */
  async run({ function: part, units, args }: MessageWith<'run-function'>): Promise<MessageWith<'run-function-reply'>> {
    const byHash = new Map(units.map((unit) => [unit.hash, unit]));
    const fn = { ...part, units: part.units.flatMap((hash) => byHash.get(hash) ?? []) };
    const outcome = await this.#host.run(fn, args, RUN_TIMEOUT_MS);
    return { op: 'run-function-reply', outcomes: [{ worker: '', ...outcome }] };
  }

  /** Bounded in time, never rejects. */
  close(): Promise<void> {
    return this.#host.close();
  }
}

/** What a nanny has to say of a worker that could not be started anew for a plugin. */
export function restartProblem(name: string, error: unknown): string {
  return `plugin '${name}' is set up, but the worker was not started anew: ${messageOf(error)}`;
}
