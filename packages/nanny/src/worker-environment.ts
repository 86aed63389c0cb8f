/**
 * How glibc is to give memory to a worker, whose large results are fresh memory again and again.
 *
 * - Huge pages: without them a transfer of 100 MB spends most of its time in page faults.
 * - From 4 MiB on a block is mapped by itself. By default glibc raises this limit as such blocks are freed, and then cuts
 *   them out of a heap that it keeps giving back to the system and faulting in anew: results of 10 MB moved at a third of
 *   the speed.
 */
const TUNABLES = ['glibc.malloc.hugetlb=1', 'glibc.malloc.mmap_threshold=4194304'];

/**
 * Variables that a worker process needs before it starts. Only glibc on Linux knows them; others ignore them. What the
 * environment says already stays as it is.
 */
export function workerEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const given = env['GLIBC_TUNABLES'] ?? '';
  if (process.platform !== 'linux' || given.includes('glibc.malloc.')) return {};
  return { GLIBC_TUNABLES: [...(given === '' ? [] : [given]), ...TUNABLES].join(':') };
}
