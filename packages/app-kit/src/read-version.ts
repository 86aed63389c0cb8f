import { readFileSync } from 'node:fs';

/** The version that a manifest states, such as `new URL('../package.json', import.meta.url)`. */
export function readVersion(manifest: URL): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
