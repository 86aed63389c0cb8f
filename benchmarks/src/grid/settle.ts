import type { Client, Future } from '@grid/client';

const PAUSE_MS = 200;

/** Lets go of futures and gives the cluster time to forget the tasks, so that the next sample starts from an empty one. */
export async function settle(client: Client, futures: readonly Future<unknown>[]): Promise<void> {
  for (const future of futures) future.release();
  // The reply comes after all that was sent before, so the releases have been handled by then.
  await client.schedulerInfo();
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
