import type { SchedulerOptions } from '@grid/scheduler-core';
import type { WorkerOptions } from '@grid/worker-core';

import type { TaskSpec } from '../workload/task-spec.js';

/** Everything about a world that is drawn from its seed. Plain data: it can be printed, edited, and made smaller. */
export interface WorldPlan {
  /** What all else in the world is drawn from: delays, and who is first. */
  readonly seed: number;
  readonly settings: WorldSettings;
  readonly workers: readonly WorkerPlan[];
  readonly clientCount: number;
  readonly specs: readonly TaskSpec[];
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
  /** After so many steps of tasks the scheduler's core throws in the middle of one. @defaultValue it never does */
  readonly coreFailsAfter?: number;
  /** When faults end and everything that is wanted has to come about, in milliseconds. */
  readonly quietAt: number;
}

/** Numbers that hold for a whole world. Times are milliseconds. */
export interface WorldSettings {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerMs: number;
  readonly windowBytes: number;
  /** How far clocks of processes are apart. */
  readonly clockSkewMs: number;
  readonly connectTimeoutMs: number;
  /** After so long a worker that has ended is started again, at the same address; `null`: not before it is quiet. */
  readonly restartMs: number | null;
  /** Beyond so many bytes workers keep results on disk; `null`: they have none. */
  readonly spillBytes: number | null;
  /** How often a scheduler's core is told twice what is no news the second time. */
  readonly repeating: number;
  readonly scheduler: Omit<SchedulerOptions, 'token' | 'http'>;
  readonly worker: Required<Pick<WorkerOptions, 'connectTimeoutMs' | 'gatherTimeoutMs' | 'outgoingTransfersMax'>> &
    Pick<WorkerOptions, 'core'>;
}

/** One life of a worker. */
export interface WorkerPlan {
  readonly name: string;
  /** Where it listens. Another life may have had the same. */
  readonly address: string;
  readonly threads: number;
  readonly resources: Readonly<Record<string, number>>;
  /** When it is started. */
  readonly joinAt: number;
}

/** Something that a program does. Tasks are named by their labels. What it cannot do at that moment it leaves out. */
export type Action =
  | {
      readonly kind: 'submit' | 'map';
      readonly at: number;
      readonly client: number;
      readonly labels: readonly number[];
      /** The piece of the program that it is in. @defaultValue none */
      readonly span?: string;
    }
  /** One graph; futures are wanted of some of its tasks only. */
  | {
      readonly kind: 'graph';
      readonly at: number;
      readonly client: number;
      readonly labels: readonly number[];
      readonly wanted: readonly number[];
      readonly span?: string;
    }
  | {
      readonly kind: 'scatter';
      readonly at: number;
      readonly client: number;
      readonly labels: readonly number[];
      readonly broadcast: boolean;
    }
  | {
      readonly kind: 'release' | 'retry' | 'gather' | 'result' | 'rebalance' | 'forget';
      readonly at: number;
      readonly client: number;
      readonly labels: readonly number[];
    }
  | {
      readonly kind: 'replicate';
      readonly at: number;
      readonly client: number;
      readonly labels: readonly number[];
      /** @defaultValue 2 */
      readonly copies?: number;
    }
  | {
      readonly kind: 'cancel';
      readonly at: number;
      readonly client: number;
      readonly labels: readonly number[];
      readonly force: boolean;
    }
  /** All that has failed by then is to be tried again. */
  | { readonly kind: 'retry-failed'; readonly at: number; readonly client: number }
  | { readonly kind: 'close' | 'restart'; readonly at: number; readonly client: number }
  /** So many workers are to leave, and their results to be moved. */
  | { readonly kind: 'retire'; readonly at: number; readonly client: number; readonly count: number }
  /** All workers have so much of it from now on, until they are started again. */
  | { readonly kind: 'set-resources'; readonly at: number; readonly client: number; readonly GPU: number }
  | { readonly kind: 'manage-memory'; readonly at: number; readonly client: number; readonly isOn: boolean };

/** Something that goes wrong. */
export type Fault =
  /** A worker's process ends at once; with its host, if that is gone too. */
  | { readonly kind: 'kill-worker'; readonly at: number; readonly worker: string; readonly isHostGone: boolean }
  /** A worker is told to leave in order. */
  | { readonly kind: 'close-worker'; readonly at: number; readonly worker: string }
  /** The scheduler's process ends at once; after a while another one is started at its address. */
  | { readonly kind: 'kill-scheduler'; readonly at: number; readonly downMs: number }
  /** A process is stopped for a while. */
  | { readonly kind: 'stop'; readonly at: number; readonly process: string; readonly forMs: number }
  /** A line breaks: one of those that are open, by a number drawn. */
  | {
      readonly kind: 'cut-line';
      readonly at: number;
      readonly draw: number;
      readonly tellMs: readonly [number, number];
    }
  /** Nothing passes one line for a while. */
  | { readonly kind: 'hold-line'; readonly at: number; readonly draw: number; readonly forMs: number }
  /** Something takes so much memory for a while that the worker is paused; it is, if it has a limit. */
  | { readonly kind: 'fill-memory'; readonly at: number; readonly worker: string; readonly forMs: number }
  /** A worker's disk is full, or slow, for a while. */
  | { readonly kind: 'fill-disk' | 'slow-disk'; readonly at: number; readonly worker: string; readonly forMs: number }
  /** What is on a worker's disk changes. */
  | { readonly kind: 'damage-disk'; readonly at: number; readonly worker: string }
  /** A client's process ends at once. */
  | { readonly kind: 'kill-client'; readonly at: number; readonly client: number };
