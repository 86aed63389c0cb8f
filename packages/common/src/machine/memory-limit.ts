import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

import { asBytes, type Bytes } from '../brands.js';

import { cgroupFile } from './cgroup.js';

/** How much memory processes may use here: the host's, bounded by the container's limit. */
export function memoryLimit(): Bytes {
  return asBytes(Math.min(totalmem(), cgroupBytes(cgroupFile('memory.max') ?? versionOneLimit())));
}

function cgroupBytes(text: string | undefined): number {
  const bytes = Number(text);
  // `max` means that there is no limit; version 1 says so by an absurdly large number.
  return Number.isFinite(bytes) && bytes > 0 ? bytes : Infinity;
}

function versionOneLimit(): string | undefined {
  try {
    return readFileSync('/sys/fs/cgroup/memory/memory.limit_in_bytes', 'utf8').trim();
  } catch {
    // No control groups of version 1 here.
    return undefined;
  }
}
