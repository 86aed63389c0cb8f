import { fileURLToPath } from 'node:url';

import { Client } from '@grid/client';
import { LocalCluster, type LocalClusterOptions } from '@grid/deploy';

/** Where the workers of test clusters resolve packages from. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A cluster and a client of it, which end together. */
export interface Rig extends AsyncDisposable {
  readonly cluster: LocalCluster;
  readonly client: Client;
}

/** Two workers of one thread each, as processes, without HTTP, unless told otherwise. */
export async function startCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  return LocalCluster.start({
    nWorkers: 2,
    threadsPerWorker: 1,
    memoryLimit: '2 GiB',
    dashboardAddress: null,
    root: ROOT,
    ...options,
  });
}

/** Starts a cluster and connects to it. */
export async function startRig(options: LocalClusterOptions = {}): Promise<Rig> {
  const cluster = await startCluster(options);
  try {
    const client = await Client.connect(cluster);
    return {
      cluster,
      client,
      async [Symbol.asyncDispose]() {
        await client.close();
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
