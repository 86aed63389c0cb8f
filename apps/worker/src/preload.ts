import type { Logger } from '@grid/common';
import { loadPreloads, type Preloads } from '@grid/plugins';

import type { WorkerArguments } from './options.js';

/** Loads `modules` and sets them up for a worker or a nanny that is about to start. */
export async function preload<Server>(
  server: Server,
  modules: readonly string[],
  { args: { 'preload-argv': argv, root }, logger }: { readonly args: WorkerArguments; readonly logger: Logger },
): Promise<Preloads<Server>> {
  const preloads = await loadPreloads<Server>({ modules, argv, ...(root !== undefined && { root }) }, logger);
  await preloads.setup(server);
  return preloads;
}
