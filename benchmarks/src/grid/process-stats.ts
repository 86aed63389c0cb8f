import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks a second of the CPU times in `/proc`; a constant of the kernel's interface. */
const TICKS_PER_SECOND = 100;

/** User and system time that a process has used so far, of all its threads. Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The most resident memory that a process has ever had. Linux only. */
export async function peakResidentBytes(pid: number): Promise<number> {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Processes that this one started and that still run; none where the system has no `/proc`. */
export async function childPids(): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(async (pid) => ({ pid, parent: await parentOf(pid) })));
  return parents.filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
}

async function parentOf(pid: number): Promise<number | undefined> {
  try {
    return Number((await statFields(pid))[1]);
  } catch {
    // It ended while the list was read.
    return undefined;
  }
}

/** The fields after the name, which stands in brackets and may itself hold brackets and spaces. */
async function statFields(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
