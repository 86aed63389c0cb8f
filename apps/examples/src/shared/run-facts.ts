import type { Client } from '@grid/client';

/** For the closing line of a run, such as `1.84 s`. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(2)} s`;
}

/** For the closing line of a run, such as `2 workers`. */
export async function workersOf(client: Client): Promise<string> {
  const { workers } = await client.schedulerInfo();
  const count = Object.keys(workers).length;
  return `${count} ${count === 1 ? 'worker' : 'workers'}`;
}
