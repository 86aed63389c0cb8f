import { readFile } from 'node:fs/promises';

import { Client } from '@grid/client';
import { messageOf } from '@grid/common';
import { LocalCluster } from '@grid/deploy';

import { ExampleError } from './errors.js';
import type { ExampleOptions } from './example-options.js';
import { packageFolder } from './package-folder.js';

/** Calls `use` with a client of the cluster that the options ask for, and takes down what was started for it. */
export async function withClient<T>(options: ExampleOptions, use: (client: Client) => Promise<T>): Promise<T> {
  if (options.scheduler !== undefined) {
    const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile);
    await using client = await Client.connect(options.scheduler, token === undefined ? {} : { token });
    return await use(client);
  }
  await using cluster = await LocalCluster.start({
    nWorkers: options.workers,
    threadsPerWorker: 1,
    root: packageFolder(),
  });
  await using client = await Client.connect(cluster);
  return await use(client);
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new ExampleError('GRID_EXAMPLES_NO_TOKEN', `cannot read the token file ${file}: ${messageOf(error)}`, {
      cause: error,
      details: { file },
    });
  }
}
