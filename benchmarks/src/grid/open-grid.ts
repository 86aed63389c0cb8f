import { Client } from '@grid/client';
import { LocalCluster, type LocalClusterOptions } from '@grid/deploy';

import type { Session } from '../workload.js';
import { childPids } from './process-stats.js';

/** What a workload may want to know about its cluster besides. */
export interface GridFacts {
  /** The scheduler's process; `undefined` where this system does not tell. */
  readonly schedulerPid: number | undefined;
  readonly workerPids: readonly number[];
}

/** What a workload wants to be otherwise. */
export type GridOptions = Pick<LocalClusterOptions, 'nWorkers' | 'memoryLimit'>;

/** Opens the set-up that all figures are of unless they say otherwise: two worker processes with one thread each. */
export async function openGrid(
  prepare: (client: Client, facts: GridFacts) => Promise<() => Promise<number>>,
  { nWorkers = 2, ...options }: GridOptions = {},
): Promise<Session> {
  const others = await childPids();
  const cluster = await LocalCluster.start({ nWorkers, threadsPerWorker: 1, ...options });
  let client: Client | undefined;
  async function close(): Promise<void> {
    await client?.close();
    await cluster.close();
  }
  try {
    client = await Client.connect(cluster);
    await client.waitForWorkers(nWorkers);
    const workerPids = Array.from(cluster.workers.values(), ({ pid }) => pid).filter((pid) => pid !== null);
    const schedulerPid = (await childPids()).find((pid) => !others.includes(pid) && !workerPids.includes(pid));
    return { sample: await prepare(client, { schedulerPid, workerPids }), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
