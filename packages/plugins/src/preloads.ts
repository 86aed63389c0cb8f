import { resolve } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { deadlineSignal, messageOf, raceAbort, type Logger } from '@grid/common';

import { PluginsError } from './errors.js';

/** What a module that is preloaded may export. Both may be async. */
interface PreloadModule {
  readonly setup?: (server: unknown, argv: readonly string[]) => unknown;
  readonly teardown?: (server: unknown) => unknown;
}

/** Modules that were loaded for a server, by whoever started its process. */
export interface Preloads<Server> {
  /**
   * Calls what the modules export as `setup`, one after the other. If one throws, those before it are torn down.
   *
   * @throws {@link PluginsError} `GRID_PLUGINS_PRELOAD_FAILED`
   */
  setup(server: Server): Promise<void>;
  /**
   * Calls what those that were set up export as `teardown`, the last one first. What they throw is logged. Idempotent, bounded
   * in time, never rejects.
   */
  teardown(server: Server): Promise<void>;
}

/** Milliseconds for each `teardown`: the process is to end. */
const TEARDOWN_TIMEOUT_MS = 3000;

/** What to load. */
export interface PreloadOptions {
  /** Paths, as seen from `root`, and names of packages that are installed there. */
  readonly modules: readonly string[];
  /** What each `setup` is given as its second argument. */
  readonly argv?: readonly string[];
  /** A folder. @defaultValue the working directory */
  readonly root?: string;
}

/**
 * Loads modules into this process. Their code runs on its event loop, since whoever starts the process says so.
 *
 * @throws {@link PluginsError} `GRID_PLUGINS_PRELOAD_FAILED` for a module that cannot be loaded
 * @source dask.distributed `preloading`, with `dask_setup` and `dask_teardown`.
 */
export async function loadPreloads<Server>(
  { modules, argv = [], root = process.cwd() }: PreloadOptions,
  logger: Logger,
): Promise<Preloads<Server>> {
  const loaded: { readonly name: string; readonly module: PreloadModule }[] = [];
  for (const name of modules) loaded.push({ name, module: await load(name, root) });
  const begun: typeof loaded = [];
  let teardown: Promise<void> | undefined;
  const tearDown = async (server: Server): Promise<void> => {
    for (const { name, module } of begun.splice(0).reverse()) {
      try {
        using deadline = deadlineSignal(TEARDOWN_TIMEOUT_MS, `to tear down ${name}`);
        await raceAbort(Promise.resolve(module.teardown?.(server)), deadline.signal);
      } catch (error) {
        logger.warn({ preload: name, error: messageOf(error) }, 'a preload failed in teardown');
      }
    }
  };
  return {
    async setup(server) {
      for (const each of loaded) {
        try {
          await each.module.setup?.(server, argv);
        } catch (cause) {
          await tearDown(server);
          throw failed(`the preload ${each.name} failed in setup: ${messageOf(cause)}`, each.name, cause);
        }
        begun.push(each);
        logger.info({ preload: each.name }, 'preloaded');
      }
    },
    teardown: (server) => (teardown ??= tearDown(server)),
  };
}

async function load(name: string, root: string): Promise<PreloadModule> {
  try {
    const loaded = (await import(locate(name, root))) as PreloadModule & { readonly default?: unknown };
    const { default: main } = loaded;
    // CommonJS, and modules that export an object of hooks.
    const hooks = typeof main === 'object' && main !== null ? { ...main, ...loaded } : loaded;
    if (typeof hooks.setup === 'function' || typeof hooks.teardown === 'function') return hooks;
  } catch (cause) {
    throw failed(`the preload ${name} cannot be loaded from ${root}: ${messageOf(cause)}`, name, cause);
  }
  throw failed(`the preload ${name} exports neither setup nor teardown`, name);
}

/** Paths begin like paths, or end like files; all else is the name of a package. */
function locate(name: string, root: string): string {
  if (name.startsWith('file:') || name.startsWith('node:')) return name;
  if (/^[./\\]|^[A-Za-z]:[\\/]|\.[cm]?js$/.test(name)) return pathToFileURL(resolve(root, name)).href;
  return pathToFileURL(createRequire(pathToFileURL(`${resolve(root)}/preload.js`)).resolve(name)).href;
}

function failed(text: string, preload: string, cause?: unknown): PluginsError {
  return new PluginsError('GRID_PLUGINS_PRELOAD_FAILED', text, {
    details: { preload },
    ...(cause !== undefined && { cause }),
  });
}
