import { badValue } from './byte-source.js';
import { COPY_KINDS } from './package-copies.js';
import type { CopyKind } from './package-copies.js';
import { decodeValue } from './value-decoder.js';

/** A lazy serializer that a value needs, and how the package was loaded in which it was made. */
export interface NeededPackage {
  readonly name: string;
  readonly copy: CopyKind;
}

/** Reads the names of the lazy serializers that a value needs. */
export function readPackages(section: Uint8Array): NeededPackage[] {
  const entries = decodeValue({ body: section, buffers: [] });
  if (!Array.isArray(entries)) throw badValue('the list of their packages is broken');
  return entries.map((entry: unknown) => {
    const [name, copy] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const kind = COPY_KINDS.find((known) => known === copy);
    if (typeof name !== 'string' || kind === undefined) throw badValue('the list of their packages is broken');
    return { name, copy: kind };
  });
}
