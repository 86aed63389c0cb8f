import type { Client } from '@grid/client';

/** The addresses of the workers, in a fixed order. */
export async function workerAddresses(client: Client): Promise<string[]> {
  return Object.keys(await client.run(() => 0)).sort();
}
