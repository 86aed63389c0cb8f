/* A cluster for programs of other processes. Prints where it is, and ends with its standard input. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LocalCluster } from '@grid/deploy';

const cluster = await LocalCluster.start({
  nWorkers: 2,
  threadsPerWorker: 1,
  memoryLimit: '4 GiB',
  dashboardAddress: null,
  root: fileURLToPath(new URL('..', import.meta.url)),
});
const [worker, relay] = [...cluster.workers.values()].map(({ address }) => address);
process.stdout.write(`${JSON.stringify({ address: cluster.schedulerAddress, token: cluster.token, worker, relay })}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await cluster.close();
