import { Client } from '@grid/client';
import { LocalCluster } from '@grid/deploy';

import type { Session } from '../workload.js';
import { childPids } from './process-stats.js';

/** What a workload may want to know about its cluster besides. */
export interface GridFacts {
  /** The scheduler's process; `undefined` where this system does not tell. */
  readonly schedulerPid: number | undefined;
}

/** Opens the set-up that all figures are of, two worker processes with one thread each. */
export async function openGrid(
  prepare: (client: Client, facts: GridFacts) => Promise<() => Promise<number>>,
): Promise<Session> {
  const others = await childPids();
  const cluster = await LocalCluster.start({ nWorkers: 2, threadsPerWorker: 1 });
  let client: Client | undefined;
  async function close(): Promise<void> {
    await client?.close();
    await cluster.close();
  }
  try {
    client = await Client.connect(cluster);
    await client.waitForWorkers(2);
    const workers = Array.from(cluster.workers.values(), ({ pid }) => pid);
    const schedulerPid = (await childPids()).find((pid) => !others.includes(pid) && !workers.includes(pid));
    return { sample: await prepare(client, { schedulerPid }), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
