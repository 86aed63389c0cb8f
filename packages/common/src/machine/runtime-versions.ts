import { createRequire } from 'node:module';

/** What a process runs on. */
export interface RuntimeVersions {
  /** Of this library. */
  readonly grid: string;
  readonly node: string;
  readonly v8: string;
  /** Operating system and processor: `linux-x64`. */
  readonly platform: string;
}

const require = createRequire(import.meta.url);

/** What this process runs on. */
export function runtimeVersions(): RuntimeVersions {
  const { node, v8 } = process.versions;
  // Our own manifest; all packages of this library have one version.
  const { version: grid } = require('@grid/common/package.json') as { readonly version: string };
  return { grid, node, v8, platform: `${process.platform}-${process.arch}` };
}
