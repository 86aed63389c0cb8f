import type { LoadHook } from 'node:module';

import { instrument } from './instrument.js';

const CORE = /\/packages\/(scheduler-core|worker-core)\/dist\//;

/** Has the cores ask before what they do, as they are loaded. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const packageName = CORE.exec(url)?.[1];
  if (packageName === undefined || loaded.source === undefined || loaded.source === null) return loaded;
  return { ...loaded, source: instrument(Buffer.from(loaded.source as Uint8Array).toString(), packageName) };
};
