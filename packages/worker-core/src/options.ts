import { executorResource, type Address, type Bytes } from '@grid/common';
import { PROFILING_DEFAULTS, type ProfilingOptions } from '@grid/profiler';

import { WorkerError } from './errors.js';
import type { WorkerStateOptions } from './core/worker-state.js';

/** Where a worker answers over HTTP. */
export interface WorkerHttpOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** How what tasks do is sampled. */
export interface WorkerProfiling extends ProfilingOptions {
  /** From the start on, rather than from the first time on that somebody asks. @defaultValue false */
  readonly isOn: boolean;
}

/** What a worker does about its memory. A fraction that is `false` is not minded. */
export interface WorkerMemoryOptions {
  /**
   * Beyond this part of the memory limit in results, those that were used least recently go to disk. @defaultValue 0.6
   */
  readonly memoryTargetFraction?: number | false;
  /** The same beyond this part in the process as a whole, until it is below the target again. @defaultValue 0.7 */
  readonly memorySpillFraction?: number | false;
  /** Beyond this part in the process nothing new is started, neither tasks nor transfers. @defaultValue 0.8 */
  readonly memoryPauseFraction?: number | false;
  /** Bytes of results on disk. @defaultValue no limit but the disk's */
  readonly maxSpill?: Bytes | null;
  /** Where a folder for this worker's files is made. @defaultValue the system's place for temporary files */
  readonly localDirectory?: string;
}

/** How a worker is set up. Nothing is read from the environment or from files here. */
export interface WorkerOptions extends WorkerMemoryOptions {
  /** Where the scheduler listens. */
  readonly schedulerAddress: Address;
  /**
   * Where this worker listens for those that want its data; of several, the first that is free.
   *
   * @defaultValue `tcp://127.0.0.1:0`
   */
  readonly listenAddress?: Address | readonly Address[];
  /** What peers are told to dial, where that differs from what is listened on. */
  readonly contactAddress?: Address;
  /** What its nanny calls itself on its own line to the scheduler. @defaultValue `null`: it has none */
  readonly nannyId?: string | null;
  /** Unique in the cluster. @defaultValue the address that peers dial */
  readonly name?: string;
  /** Tasks that run at the same time. */
  readonly threads: number;
  /** Bytes that this process may use; told to the scheduler. 0: no limit. */
  readonly memoryLimit: Bytes;
  /**
   * Threads of its own for tasks that name them, such as `{ gpu: 1 }`, by the name of the executor. A task there takes a slot of
   * the worker as any other does. @defaultValue none
   */
  readonly executors?: Readonly<Record<string, number>>;
  /** How much it has of abstract resources that tasks may ask for, such as `{ GPU: 2 }`. @defaultValue nothing */
  readonly resources?: Readonly<Record<string, number>>;
  /** Folder from which packages are resolved that tasks import. @defaultValue the working directory of this process */
  readonly root?: string;
  /** The cluster's token; `null`: none. */
  readonly token: string | null;
  /** @defaultValue `null`: no HTTP */
  readonly http?: WorkerHttpOptions | null;
  /** Milliseconds to look for the scheduler before giving up. @defaultValue 60 000 */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds to look for a scheduler in place of one that is gone, with all results kept and tasks going on; 0: closes
   * at once. @defaultValue 60 000
   */
  readonly reconnectTimeoutMs?: number;
  /** Milliseconds for one transfer from a peer. @defaultValue 300 000 */
  readonly gatherTimeoutMs?: number;
  /** Peers that are served at the same time; more are told to ask again. @defaultValue 10 */
  readonly outgoingTransfersMax?: number;
  /** How threads are sampled that run tasks, for profiles. @defaultValue {@link PROFILING_DEFAULTS} */
  readonly profiling?: Partial<WorkerProfiling>;
  /** Checks every invariant after every step. Slow; for hunting bugs. @defaultValue false */
  readonly validate?: boolean;
  /** How far ahead the core plans. @defaultValue {@link CORE_DEFAULTS} */
  readonly core?: Partial<Omit<WorkerStateOptions, 'threads' | 'resources'>>;
}

/** The parts of the memory limit at which something is done; `false`: nothing is. */
export interface MemoryFractions {
  readonly target: number | false;
  readonly spill: number | false;
  readonly pause: number | false;
}

/** @throws `GRID_WORKER_BAD_OPTION` for what is not within 0 and 1, or not in order. */
export function memoryFractions({
  memoryTargetFraction: target = 0.6,
  memorySpillFraction: spill = 0.7,
  memoryPauseFraction: pause = 0.8,
}: WorkerMemoryOptions): MemoryFractions {
  let before = 0;
  for (const [option, value] of Object.entries({ target, spill, pause })) {
    if (value === false) continue;
    if (!(value > 0 && value <= 1 && value >= before)) {
      throw new WorkerError(
        'GRID_WORKER_BAD_OPTION',
        `the memory fraction '${option}' is ${String(value)}; they go from 0 to 1 in the order target, spill, pause`,
        { details: { option, value } },
      );
    }
    before = value;
  }
  return { target, spill, pause };
}

/** How what tasks do is sampled. @throws `GRID_WORKER_BAD_OPTION` */
export function profilingOf({ profiling }: Pick<WorkerOptions, 'profiling'>): WorkerProfiling {
  const all = { isOn: false, ...PROFILING_DEFAULTS, ...profiling };
  const { intervalMs, cycleMs } = all;
  if (intervalMs >= 1 && cycleMs >= intervalMs && cycleMs < Infinity) return all;
  throw new WorkerError(
    'GRID_WORKER_BAD_OPTION',
    `threads are to be sampled every ${String(intervalMs)} ms, in cycles of ${String(cycleMs)} ms; it goes from 1 ms on, and a cycle is no shorter than that`,
    { details: { intervalMs, cycleMs } },
  );
}

/** Bytes asked of one peer at a time. */
const GATHER_BYTES_MAX = 50_000_000;

/** What the core uses unless told otherwise. */
export const CORE_DEFAULTS: Omit<WorkerStateOptions, 'threads' | 'resources' | 'incomingBytesMax' | 'memoryBytesMax'> =
  {
    pushAheadMs: 1.5,
    suspendedMaxPerThread: 100,
    gatherBytesMax: GATHER_BYTES_MAX,
    gatherPeersMax: 50,
    busyRetryMs: 150,
    storyRows: 8192,
  };

/** The part of the memory limit that may be under way to a worker at the same time. */
const INCOMING_FRACTION = 0.1;

/** The options of the core that belong to those of a worker. */
export function coreOptions(options: WorkerOptions): WorkerStateOptions {
  const { threads, memoryLimit, core } = options;
  const resources = resourcesOf(options);
  const incomingBytesMax = memoryLimit > 0 ? Math.max(memoryLimit * INCOMING_FRACTION, GATHER_BYTES_MAX) : Infinity;
  const { target, spill, pause } = memoryFractions(options);
  // Beyond the target results are on their way out of memory; what is made meanwhile must have room as well.
  const fraction = spill === false ? (pause === false ? target : pause) : spill;
  const memoryBytesMax = memoryLimit > 0 && fraction !== false ? memoryLimit * fraction : Infinity;
  return { ...CORE_DEFAULTS, incomingBytesMax, memoryBytesMax, ...core, threads, resources };
}

/** What a worker has of resources, its executors among them: each of their threads is one. */
export function resourcesOf({ resources = {}, executors = {} }: WorkerOptions): Record<string, number> {
  const threads = Object.entries(executors).map(([name, count]) => {
    if (name !== '' && Number.isSafeInteger(count) && count > 0) return [executorResource(name), count] as const;
    throw new WorkerError(
      'GRID_WORKER_BAD_OPTION',
      `the executor '${name}' has ${String(count)} threads; it needs a name and a whole number from 1 on`,
      { details: { executor: name, threads: count } },
    );
  });
  return { ...resources, ...Object.fromEntries(threads) };
}

/** Less than this and not even the code of tasks has room, in bytes. */
const THREAD_HEAP_MIN = 64 * 2 ** 20;

/**
 * The part of the memory limit that the heaps of all threads may have; the process itself and results need the rest.
 * Chosen so that at 512 MiB and one thread the heap is full before 0.95 of the limit are in use; not measured elsewhere.
 */
const HEAPS_FRACTION = 0.6;

/**
 * How large the heap of one thread may grow, in bytes; 0: as Node sees fit. A thread that needs more ends alone, before
 * the process as a whole is over its limit and all its threads end with it. Typed arrays are not in the heap.
 */
export function threadHeapMax({
  memoryLimit,
  threads,
  executors = {},
}: Pick<WorkerOptions, 'memoryLimit' | 'threads' | 'executors'>): number {
  const count = Object.values(executors).reduce((sum, own) => sum + own, threads);
  return memoryLimit === 0 ? 0 : Math.max(THREAD_HEAP_MIN, Math.floor((memoryLimit * HEAPS_FRACTION) / count));
}

/** The part of the memory limit that may lie in shared buffers that nobody uses any more, for each thread. */
const GARBAGE_FRACTION = 1 / 16;

/** More than this is gained nothing by, in bytes. */
const GARBAGE_MAX = 512 * 2 ** 20;

/** How many bytes of dead shared buffers each thread may leave behind before it collects. */
export function sharedGarbageMax({ memoryLimit }: Pick<WorkerOptions, 'memoryLimit'>): number {
  return memoryLimit === 0 ? GARBAGE_MAX : Math.min(GARBAGE_MAX, memoryLimit * GARBAGE_FRACTION);
}
