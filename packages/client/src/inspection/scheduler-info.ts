import type { Facts } from '@grid/protocol';

import { ClientError } from '../errors.js';

/** Where the memory of a worker is, in bytes. */
export interface WorkerMemory {
  /** Resident memory of the process. */
  readonly process: number;
  /** Results in memory. */
  readonly managed: number;
  /** Results on disk alone. */
  readonly spilled: number;
  /** In use on the heaps of JavaScript, of all threads. */
  readonly heap: number;
  /** Outside of the heaps, as far as the collectors know of it. */
  readonly external: number;
  /** What is no result. */
  readonly unmanaged: number;
  /** The part of it that has been there for half a minute. */
  readonly unmanagedOld: number;
  readonly unmanagedRecent: number;
  /** What stays when the tasks that run are over. */
  readonly optimistic: number;
}

/** How a process was doing a moment ago, as it sees itself every half second; empty before it has looked. */
export interface SystemInfo {
  /** Milliseconds since 1970. */
  readonly at?: number;
  /** Percent of one core. */
  readonly cpu?: number;
  /** Resident memory, in bytes. */
  readonly memory?: number;
  /** Milliseconds that its event loop kept something waiting, at most. */
  readonly eventLoopMaxMs?: number;
  /** The same on average. */
  readonly eventLoopMeanMs?: number;
  /** Files and sockets that are open; -1: unknown. */
  readonly openFiles?: number;
  /** Bytes that its machine has received since it was started; -1: unknown. */
  readonly receivedBytes?: number;
  /** Bytes that its machine has sent since it was started; -1: unknown. */
  readonly sentBytes?: number;
}

/** What a worker said of itself with its last heartbeat; empty before the first. */
export interface WorkerMetricsInfo {
  /** Percent of one core. */
  readonly cpu?: number;
  /** Resident memory of the process, in bytes. */
  readonly memory?: number;
  readonly memoryBreakdown?: WorkerMemory;
  /** Tasks by their state on the worker. */
  readonly tasks?: Readonly<Record<string, number>>;
  /** Peers that it fetches from. */
  readonly incoming?: number;
  /** Peers that it sends to. */
  readonly outgoing?: number;
  readonly system?: SystemInfo;
}

/** What the scheduler knows of a worker. */
export interface WorkerInfo {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** Tasks that it can run at a time. */
  readonly threads: number;
  /** In bytes; 0: none. */
  readonly memoryLimit: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly usedResources: Readonly<Record<string, number>>;
  readonly status: 'running' | 'paused' | 'closing-gracefully' | 'closing' | 'closed';
  /** Bytes of the results that it holds. */
  readonly nbytes: number;
  /** Tasks that it was given. */
  readonly processing: number;
  /** Results that it holds. */
  readonly inMemory: number;
  /** Milliseconds since 1970. */
  readonly lastSeenAt: number;
  /** Milliseconds since 1970. */
  readonly registeredAt: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly metrics: WorkerMetricsInfo;
}

/** What the scheduler says of itself and its workers. */
export interface SchedulerInfo {
  readonly type: 'Scheduler';
  readonly id: string;
  readonly address: string;
  /** All addresses that it listens at. */
  readonly addresses: readonly string[];
  /** Where it answers over HTTP, if it does. */
  readonly http: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly versions: Readonly<Record<string, string>>;
  /** How the scheduler's process is doing. */
  readonly system?: SystemInfo;
  /** By address. */
  readonly workers: Readonly<Record<string, WorkerInfo>>;
  /** Of all workers together. */
  readonly threads: number;
  /** Bytes a second between workers, as they have measured it; what transfers are expected to take follows from it. */
  readonly bandwidth?: number;
  /** Names of the clients that are connected. */
  readonly clients: readonly string[];
  /** Tasks by their state. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly uploads: readonly {
    readonly name: string;
    readonly kind: string;
    readonly hash: string;
    readonly nbytes: number;
    readonly files: number;
  }[];
}

/** What has come, after a look at its outline: programs go through the workers and tasks of it. */
export function readSchedulerInfo(facts: Facts): SchedulerInfo {
  const { workers, tasks } = facts;
  if (isNamed(workers) && Object.values(workers).every(isNamed) && isNamed(tasks)) {
    return facts as Facts & SchedulerInfo;
  }
  throw new ClientError(
    'GRID_CLIENT_UNSUPPORTED',
    'the scheduler describes itself without its workers or tasks; it needs the version of this client',
    { details: { told: Object.keys(facts) } },
  );
}

function isNamed(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
