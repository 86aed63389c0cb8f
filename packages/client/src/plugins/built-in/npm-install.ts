import { parseDuration, type Duration } from '@grid/common';

import { ClientError } from '../../errors.js';
import { BUILT_IN, type BuiltInMark } from '../built-in-mark.js';
import type { NannyPlugin, WorkerPlugin } from '../plugin-types.js';

/** How {@link NpmInstall} goes about it. */
export interface NpmInstallOptions {
  /** Where to install, on each worker's machine. Default: the folder from which it resolves packages, its `root`. */
  readonly directory?: string;
  /** Flags for npm, such as `--no-save` or `--registry=…`. Default: none. */
  readonly npmOptions?: readonly string[];
  /**
   * Whether workers are started anew afterwards, which takes nannies: threads that have loaded another version of a package
   * keep it. Default: `false`.
   */
  readonly restart?: boolean;
  /** How long npm may take, and the wait for others who install in the same directory. Default: `'5m'`. */
  readonly timeout?: Duration;
}

const TIMEOUT: Duration = '5m';

/**
 * Has npm install packages where workers resolve them, also for workers that come later. Workers that share a directory
 * install once, and one after the other.
 *
 * A directory that is managed by pnpm or yarn is refused. npm writes what it installs into the `package.json` of the
 * directory, unless told otherwise.
 *
 * @example
 * ```ts
 * await client.registerPlugin(new NpmInstall(['d3-geo@3', 'simple-statistics']));
 * client.submit(async () => (await import('simple-statistics')).mean([1, 2, 3]), []);
 * ```
 *
 * @source dask.distributed `PipInstall`.
 */
export class NpmInstall {
  readonly kind: (WorkerPlugin | NannyPlugin)['kind'];
  readonly name: string;
  readonly per = 'worker';
  readonly restart: boolean;
  /** @internal */
  readonly [BUILT_IN]: BuiltInMark;

  /**
   * @param packages - As for `npm install`: names, names with versions, addresses, paths on the workers.
   * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION`
   */
  constructor(packages: readonly string[], options: NpmInstallOptions = {}) {
    const { directory = '', npmOptions = [], restart = false, timeout = TIMEOUT } = options;
    if (packages.length === 0 || packages.some((name) => name === '' || name.startsWith('-'))) {
      throw new ClientError('GRID_CLIENT_BAD_OPTION', 'NpmInstall takes names of packages; flags go into npmOptions', {
        details: { option: 'packages' },
      });
    }
    this.kind = restart ? 'nanny' : 'worker';
    this.restart = restart;
    this.name = `npm-install-${packages.join('-')}`;
    const timeoutMs = parseDuration(timeout);
    this[BUILT_IN] = {
      name: 'npm-install',
      options: { packages: [...packages], npmOptions: [...npmOptions], directory, timeoutMs },
    };
  }
}
