import { createInterface } from 'node:readline';

import type { PreloadOptions } from '@grid/plugins';
import type { SchedulerOptions } from '@grid/scheduler-core';
import type { LifetimeOptions, WorkerMemoryOptions } from '@grid/worker-core';

/** How long things may last on a scheduler. */
export type TimeLimitOptions = Pick<
  SchedulerOptions,
  'idleTimeoutMs' | 'noWorkersTimeoutMs' | 'clientTtlMs' | 'workerTtlMs'
>;

/** What a scheduler process is told on its standard input. */
export interface SchedulerLaunch {
  readonly host: string;
  readonly port: number;
  /** Where it answers over HTTP; `null` for nowhere. */
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly token: string | null;
  /** Bytes of uploaded files to keep. */
  readonly uploadBytesMax: number;
  /** Whether clients may register plugins of the scheduler. */
  readonly allowPlugins: boolean;
  /** How long things may last, in milliseconds. */
  readonly timeLimits: TimeLimitOptions;
  readonly preload: PreloadOptions;
}

/** What a worker process is told by its nanny. */
export interface WorkerLaunch {
  readonly schedulerAddress: string;
  readonly name: string;
  readonly host: string;
  readonly threads: number;
  readonly memoryLimit: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly executors: Readonly<Record<string, number>>;
  readonly memory: WorkerMemoryOptions;
  /** How long it is to live; `null`: for ever. */
  readonly lifetime: LifetimeOptions | null;
  readonly preload: PreloadOptions;
  /** Whether what tasks do is sampled from the start on. */
  readonly profile: boolean;
  /** Where packages are resolved from that tasks import. */
  readonly root: string;
  readonly token: string | null;
}

/** What the scheduler's process answers in its first line on standard output. */
export interface LaunchReply {
  readonly address: string;
  readonly http: string | null;
  readonly pid: number;
}

/**
 * Reads what the parent says first, and calls `onParentGone` when it says no more: a child whose parent was killed
 * must not stay behind.
 */
export async function readLaunchConfig<Config>(onParentGone: () => void): Promise<Config> {
  const lines = createInterface({ input: process.stdin });
  return new Promise((resolve) => {
    // Later lines mean nothing yet; reading on is how the end is noticed.
    lines.once('line', (line) => resolve(JSON.parse(line) as Config));
    lines.once('close', onParentGone);
  });
}

/** Says that this process is ready. */
export function reply(message: LaunchReply): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
