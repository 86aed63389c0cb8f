import { AssertionError } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { TempFolder } from '@grid/integration-tests/support/temp-folder.js';
import { until } from '@grid/integration-tests/support/until.js';

/** How long everything may take to be gone after whoever held it was closed. */
const PATIENCE_MS = 8000;

/** Inherited by all processes that are started meanwhile, also by those whose parents are gone. */
const MARK = 'GRID_CHAOS_MARK';

/**
 * What a run may not leave behind: processes, threads, sockets and pipes, timers and other handles, files in the folder
 * for temporary ones, shared memory. Looked at when it begins, and again at the end.
 *
 * Processes are known by a variable of their environment, which they inherit from this one; the folder for temporary
 * files is theirs alone. So nothing that others do on this machine is taken for a leak.
 */
export class LeakCheck implements Disposable {
  readonly #folder = new TempFolder();
  readonly #mark = randomUUID();
  readonly #before: Footprint;
  readonly #environment = { [MARK]: process.env[MARK], TMPDIR: process.env['TMPDIR'] };

  private constructor() {
    process.env[MARK] = this.#mark;
    process.env['TMPDIR'] = this.#folder.path;
    this.#before = footprint();
  }

  /** Looks at how things are, and has all processes from now on put their files where they are found. */
  static begin(): LeakCheck {
    return new LeakCheck();
  }

  /** Where the processes put temporary files. */
  get folder(): string {
    return this.#folder.path;
  }

  /** The numbers of the processes that run and were started since, by whomever. */
  get processes(): number[] {
    return processNumbers().filter((pid) => environmentOf(pid).includes(`${MARK}=${this.#mark}`));
  }

  /** Waits until nothing is left. @throws AssertionError that names what is. */
  async expectNothingLeft(): Promise<void> {
    await until('nothing is left', () => this.leaks().length === 0, PATIENCE_MS).catch(() => {
      const leaks = this.leaks();
      if (leaks.length > 0) throw new AssertionError({ message: `something is left:\n${leaks.join('\n')}` });
    });
  }

  /** What there is that was not there, for people. */
  leaks(): string[] {
    const now = footprint();
    return [
      ...this.processes.map((pid) => `process ${String(pid)}: ${commandOf(pid)}`),
      ...readdirSync(this.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => `file ${join(entry.parentPath, entry.name)}`),
      ...readdirSync(this.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name.startsWith('worker-'))
        .map((entry) => `folder of a worker ${join(entry.parentPath, entry.name)}`),
      ...surplus('thread', now.threads, this.#before.threads),
      ...surplus('descriptor', now.descriptors, this.#before.descriptors),
      ...surplus('handle', now.handles, this.#before.handles),
      ...surplus('shared memory', now.sharedMemory, this.#before.sharedMemory),
    ];
  }

  /** Ends what is left, and removes the folder: no test has to do with the leaks of another. */
  [Symbol.dispose](): void {
    for (const pid of this.processes) process.kill(pid, 'SIGKILL');
    for (const [name, value] of Object.entries(this.#environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a living process takes that must not become more and more. */
export interface ProcessSize {
  readonly threads: number;
  readonly sockets: number;
  readonly descriptors: number;
}

/** Threads and descriptors of a process. */
export function sizeOf(pid: number): ProcessSize {
  const descriptors = descriptorsOf(String(pid));
  return {
    threads: readdirSync(`/proc/${String(pid)}/task`).length,
    sockets: descriptors.filter((kind) => kind === 'socket').length,
    descriptors: descriptors.length,
  };
}

/** How many there are of each kind. */
type Counts = ReadonlyMap<string, number>;

interface Footprint {
  readonly threads: Counts;
  readonly descriptors: Counts;
  readonly handles: Counts;
  readonly sharedMemory: Counts;
}

function footprint(): Footprint {
  return {
    threads: countsOf(readdirSync('/proc/self/task').map((id) => nameOf(`/proc/self/task/${id}/comm`))),
    descriptors: countsOf(descriptorsOf('self')),
    // Files that are being read come and go with whoever asks.
    handles: countsOf(process.getActiveResourcesInfo().filter((kind) => !kind.startsWith('FSReq'))),
    sharedMemory: countsOf([...readdirSync('/dev/shm'), ...systemVSegments()]),
  };
}

function surplus(what: string, now: Counts, before: Counts): string[] {
  return [...now]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${what} ${kind}: ${String(count)}, ${String(before.get(kind) ?? 0)} before`);
}

function countsOf(kinds: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function processNumbers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function environmentOf(pid: number): string[] {
  return unlessGone(() => readFileSync(`/proc/${String(pid)}/environ`, 'utf8'), '').split('\0');
}

function commandOf(pid: number): string {
  return unlessGone(() => readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8'), '').replaceAll('\0', ' ');
}

function nameOf(file: string): string {
  return unlessGone(() => readFileSync(file, 'utf8'), '').trim();
}

/** The kind of each open descriptor of a process: `socket`, `pipe`, `file`, … */
function descriptorsOf(process: string): string[] {
  const folder = `/proc/${process}/fd`;
  return readdirSync(folder).flatMap((name) => {
    const target = unlessGone(() => readlinkSync(join(folder, name)), '');
    if (target === '') return [];
    const kind = /^(\w+):/.exec(target)?.[1];
    if (kind !== undefined) return kind === 'anon_inode' ? [target] : [kind];
    // What this test itself has open to look around here is not meant.
    return target.startsWith('/proc/') ? [] : [unlessGone(() => statSync(target).isFile(), true) ? 'file' : 'device'];
  });
}

function systemVSegments(): string[] {
  return unlessGone(() => readFileSync('/proc/sysvipc/shm', 'utf8'), '')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => `segment ${line.trim().split(/\s+/)[1] ?? ''}`);
}

/** Processes, threads and descriptors end while they are looked at. */
function unlessGone<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return otherwise;
    throw error;
  }
}
