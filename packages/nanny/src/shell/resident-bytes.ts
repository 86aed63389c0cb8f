import { readFileSync } from 'node:fs';

/**
 * Resident memory of another process, in bytes; `null` if it is gone, or if this system does not tell. Only Linux does
 * without starting a program; elsewhere workers look after themselves alone.
 */
export function residentBytes(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  try {
    // A read of a few hundred bytes that the kernel makes up on the spot: nothing is gained by waiting for it elsewhere.
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
