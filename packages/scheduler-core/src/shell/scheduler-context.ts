import type { ActivityTotals, Logger, LogRing } from '@grid/common';
import type { SystemMonitor } from '@grid/common/machine';
import type { Facts, MessageWith } from '@grid/protocol';
import type { ConnectionPool, Link } from '@grid/rpc';

import type { ClientRecord, WorkerRecord } from '../core/records.js';
import type { SchedulerState } from '../core/scheduler-state.js';
import type { Stimulus } from '../core/stimulus.js';
import type { WorkerExit } from '../core/worker-exit.js';
import type { CoordinationDesk } from './coordination/coordination-desk.js';
import type { Comebacks } from './comebacks.js';
import type { ClusterEvents } from './events/cluster-events.js';
import type { FunctionRegistry } from './function-registry.js';
import type { LinkOutput } from './link-output.js';
import type { LogDesk } from './logs/log-desk.js';
import type { OutputDesk } from './output/output-desk.js';
import type { NannyRegistry, WorkerOfNanny } from './nannies/nanny-registry.js';
import type { MemoryManager } from './memory-manager.js';
import type { SchedulerPlugins } from './plugins/scheduler-plugins.js';
import type { Placements } from './placement/placements.js';
import type { Retirements } from './placement/retirements.js';
import type { TimeLimits } from './time-limits.js';
import type { TypeNames } from './type-names.js';
import type { UploadStore } from './uploads/upload-store.js';
import type { WorkerOutbox } from './worker-outbox.js';
import type { WorkerWaiters } from './worker-waiters.js';

/** When a worker registered, in milliseconds since the epoch, and what it runs on. */
export interface WorkerOrigin extends WorkerOfNanny {
  readonly registeredAt: number;
  readonly versions: Facts;
}

/** Why a worker is gone. */
export interface WorkerLoss {
  readonly reason: string;
  /** It left in order: nobody is to blame. */
  readonly isExpected: boolean;
  /** How its process ended, if its nanny has said so. */
  readonly exit: WorkerExit | null;
}

/** A worker's link, as the rest of the shell knows it. */
export interface WorkerPeer {
  readonly link: Link;
  /** `null` before it has registered and after it has left. */
  readonly record: WorkerRecord | null;
  readonly outbox: WorkerOutbox | null;
  /** What it said of itself in its last heartbeat. */
  readonly metrics: Facts;
  readonly about: WorkerOrigin;
  /** Ends this life of the worker, once. `exit`: how its process ended, if its nanny has said so. */
  leave(reason: string, isExpected: boolean, exit?: WorkerExit | null): void;
}

/** A client's link, as requests know it. */
export interface ClientPeer {
  /** The client's record. Throws if it has not registered. */
  readonly record: ClientRecord;
  /** Fires when the link is gone. */
  readonly signal: AbortSignal;
  /** Makes the client known; once. */
  register(message: MessageWith<'register-client'>): void;
  /** The client is about to submit again what it had. `idEnd`: one above its numbers. */
  resume(idEnd: number): void;
  /** Throws if numbers are far beyond those that the client has used. */
  checkNumbers(ids: ArrayLike<number>): void;
}

/** What streams and requests have of the server that they are part of. */
export interface SchedulerContext {
  /** Tells this life of the scheduler from any other. */
  readonly id: string;
  readonly state: SchedulerState;
  readonly output: LinkOutput;
  readonly functions: FunctionRegistry;
  readonly typeNames: TypeNames;
  readonly waiters: WorkerWaiters;
  readonly coordination: CoordinationDesk;
  /** Tells what happens on the cluster. */
  readonly events: ClusterEvents;
  readonly uploads: UploadStore;
  readonly taskOutput: OutputDesk;
  /** What this scheduler logs. */
  readonly log: LogRing;
  /** What workers log, for those who follow it. */
  readonly workerLogs: LogDesk;
  /** What workers have told of what they spend time and bytes on, since the start. */
  readonly activities: ActivityTotals;
  readonly nannies: NannyRegistry;
  readonly memoryManager: MemoryManager;
  readonly plugins: SchedulerPlugins;
  readonly timeLimits: TimeLimits;
  readonly placements: Placements;
  readonly retirements: Retirements;
  /** Looks at how this process is doing; `null`: nobody does. */
  readonly monitor: SystemMonitor | null;
  /** Requests of clients that are refused. */
  readonly blockedRequests: ReadonlySet<string>;
  readonly comebacks: Comebacks;
  /** To workers, for data. */
  readonly pool: ConnectionPool;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Where peers reach it. */
  readonly addresses: readonly string[];
  /** Where it answers over HTTP; `null` if nowhere. */
  readonly httpUrl: string | null;
  /** The links of workers that are registered, in the order in which they came. */
  readonly workerPeers: Iterable<WorkerPeer>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends the scheduler, and with it its workers. */
  close(reason: string): Promise<void>;
  /** Gives the core something that happened. */
  stimulate(stimulus: Stimulus): void;
  /** Turns away a worker whose name is taken. One at the same address is the former life of the newcomer, and is over. */
  makeRoomFor(newcomer: { readonly name: string; readonly address: string; readonly nanny: string | null }): void;
  /** Takes a worker into the tables of the shell, while the core takes it into its own. */
  rememberWorker(peer: WorkerPeer, worker: WorkerRecord, outbox: WorkerOutbox): void;
  /** Takes a worker out of all tables. */
  forgetWorker(worker: WorkerRecord, why: WorkerLoss): void;
}
