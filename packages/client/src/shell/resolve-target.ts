import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import type { Transport } from '@grid/comm';
import { isGridError } from '@grid/common';

import { ClientError } from '../errors.js';
import type { ClusterLike, ConnectTarget } from '../options.js';

/** Where to connect to, and the token that came with it. */
export interface ResolvedTarget {
  readonly address: string;
  readonly token: string | null | undefined;
  /** Ways to reach it that came with a cluster object. */
  readonly transports: readonly Transport[] | null;
  readonly trustWorkers: boolean;
  /** A cluster that was started for this client alone; it ends with it. */
  readonly owned: (ClusterLike & AsyncDisposable) | null;
}

/** What is known of a cluster of which only the address is. */
const AN_ADDRESS = { token: undefined, transports: null, trustWorkers: false } as const;

/** What `@grid/deploy` offers a client that has no address. */
interface DeployModule {
  readonly LocalCluster: { start(): Promise<ClusterLike & AsyncDisposable> };
}

/**
 * Finds the scheduler: the address or cluster given, else the environment's `GRID_SCHEDULER_ADDRESS`, else a local
 * cluster of this client's own, if `@grid/deploy` is installed.
 */
export async function resolveTarget(
  target: ConnectTarget | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ResolvedTarget> {
  if (typeof target === 'string') return { address: target, ...AN_ADDRESS, owned: null };
  if (target !== undefined) return { ...fromCluster(target), owned: null };
  const configured = env['GRID_SCHEDULER_ADDRESS'];
  if (configured !== undefined && configured !== '') return { address: configured, ...AN_ADDRESS, owned: null };
  const deploy = await importDeploy();
  const owned = await deploy.LocalCluster.start();
  return { ...fromCluster(owned), owned };
}

function fromCluster({
  schedulerAddress,
  token,
  transports,
  trustWorkers,
}: ClusterLike): Omit<ResolvedTarget, 'owned'> {
  return { address: schedulerAddress, token, transports: transports ?? null, trustWorkers: trustWorkers ?? false };
}

/** `@grid/deploy` is not a dependency: who only uses a cluster should not have to install what starts one. */
async function importDeploy(): Promise<DeployModule> {
  const name = '@grid/deploy';
  try {
    return (await import(name)) as DeployModule;
  } catch (nearby) {
    try {
      // With strict layouts of node_modules the package is visible from the program, not from here.
      const fromProgram = createRequire(pathToFileURL(process.argv[1] ?? `${process.cwd()}/program`));
      return (await import(pathToFileURL(fromProgram.resolve(name)).href)) as DeployModule;
    } catch (error) {
      if (isGridError(error)) throw error;
      throw new ClientError(
        'GRID_CLIENT_NO_SCHEDULER',
        'no scheduler address was given and GRID_SCHEDULER_ADDRESS is not set; ' +
          "give an address such as 'tcp://127.0.0.1:8786', or install @grid/deploy to start a local cluster",
        { cause: nearby },
      );
    }
  }
}
