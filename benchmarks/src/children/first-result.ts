import { Client } from '@grid/client';
import { LocalCluster } from '@grid/deploy';

// A whole program: start a local cluster, run one task, print what came back. The runner times it from outside.
await using cluster = await LocalCluster.start({ nWorkers: 2, threadsPerWorker: 1 });
await using client = await Client.connect(cluster);
using future = client.submit((x: number) => x + 1, [1]);
process.stdout.write(`first ${await future.result()}\n`);
