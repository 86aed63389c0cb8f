import type { ClientParts } from '../client-parts.js';
import { ClientNames } from '../coordination/client-names.js';
import type { Future } from '../future.js';
import { callStack, type CallStackOptions, type TaskStack } from './call-stack.js';
import { fineMetrics, spans, type FineMetric, type SpanInfo } from '../spans/read-spans.js';
import { profile, type ProfileOptions } from '../profile/profile.js';
import type { ClusterProfile } from '../profile/profile-node.js';
import { forwardLogging, type ForwardLoggingOptions } from '../logs/forward-logging.js';
import { getSchedulerLogs, getWorkerLogs, type WorkerLogsOptions } from '../logs/get-logs.js';
import type { LogRecord } from '../logs/log-record.js';
import type { Subscription } from '../coordination/topic.js';
import type { ClusterDump } from './cluster-dump.js';
import { dumpClusterState, readClusterState } from './dump-cluster-state.js';
import { getTaskStream, TaskStreamRecording, type TaskRun, type TaskStreamOptions } from './task-stream.js';
import { getVersions, type ClusterVersions, type GetVersionsOptions } from './get-versions.js';
import { explainTask, type TaskExplanation } from './explain-task.js';
import {
  hasWhat,
  nbytes,
  processing,
  schedulerInfo,
  story,
  threadsOf,
  whoHas,
  type StoryStep,
} from './inspect-cluster.js';
import type { SchedulerInfo } from './scheduler-info.js';

/** What a client can ask about a cluster that runs. */
export abstract class ClientInspection extends ClientNames {
  protected abstract get inspected(): ClientParts;

  /**
   * Says why a task is not running: which inputs it waits for and what those wait for, which condition no worker meets,
   * what has taken the slots, or what its worker does about it. Also what became of a task that is over.
   *
   * What a function takes along when it is sent is another question: see `Client.explain`.
   *
   * @param task - A future, or the key of any task on the cluster.
   *
   * @example
   * ```ts
   * console.log(await client.explainTask(future));
   * // No worker may run 'train-1f…': it asks for 1 GPU (no worker has any), …
   * ```
   */
  async explainTask(task: Future<unknown> | string): Promise<TaskExplanation> {
    return explainTask(this.inspected, task);
  }

  /**
   * What client, scheduler and workers run on: versions of this library, of Node and V8, the platform, and of packages.
   *
   * @throws {@link ClientError} `GRID_CLIENT_VERSION_MISMATCH` if something differs that `check` names.
   *
   * @example
   * ```ts
   * await client.getVersions({ check: ['grid', 'node', 'packages'], packages: ['lodash'] });
   * ```
   *
   * @source dask.distributed `Client.get_versions`, whose `check` only warns.
   */
  async getVersions(options: GetVersionsOptions = {}): Promise<ClusterVersions> {
    return getVersions(this.inspected, options);
  }

  /** The addresses of the workers that hold each result, by key; of all results if no futures are given. */
  async whoHas(futures?: readonly Future<unknown>[]): Promise<Record<string, string[]>> {
    return whoHas(this.inspected, futures);
  }

  /** The keys that each worker holds, by its address; of all workers if none are given. */
  async hasWhat(workers: readonly string[] = []): Promise<Record<string, string[]>> {
    return hasWhat(this.inspected, workers);
  }

  /**
   * The keys that each worker was given to compute, by its address; of all workers if none are given.
   *
   * @source dask.distributed `Client.processing`.
   */
  async processing(workers: readonly string[] = []): Promise<Record<string, string[]>> {
    return processing(this.inspected, workers);
  }

  /**
   * Sizes of results in bytes, each once however many workers hold it.
   *
   * @param options - `keys`: futures or keys; default: all results. `summary`: summed up by the first part of the keys,
   * that is, mostly, by function; default: `true`.
   * @source dask.distributed `Client.nbytes`.
   */
  async nbytes(
    options: { readonly keys?: readonly (Future<unknown> | string)[]; readonly summary?: boolean } = {},
  ): Promise<Record<string, number>> {
    return nbytes(this.inspected, options);
  }

  /** How many threads each worker has, by its address; of all workers if none are given. */
  async nthreads(workers: readonly string[] = []): Promise<Record<string, number>> {
    return threadsOf(this.inspected, workers);
  }

  /** The same as {@link ClientInspection.nthreads}, which is what Dask's `ncores` has come to be. */
  async ncores(workers: readonly string[] = []): Promise<Record<string, number>> {
    return this.nthreads(workers);
  }

  /**
   * What ran where and when: the runs of all clients' tasks that ended lately, in the order of their ends. The scheduler
   * records them from the first time on that somebody asks.
   *
   * @source dask.distributed `Client.get_task_stream`.
   */
  async getTaskStream(options: TaskStreamOptions = {}): Promise<TaskRun[]> {
    return getTaskStream(this.inspected, options);
  }

  /**
   * Begins to record what runs on the cluster.
   *
   * @example
   * ```ts
   * const recording = await client.recordTaskStream();
   * await client.gather(client.map(work, items));
   * for (const { key, worker, start, stop } of await recording.tasks()) console.log(key, worker, stop - start);
   * ```
   *
   * @source dask.distributed `get_task_stream` as a context.
   */
  async recordTaskStream(): Promise<TaskStreamRecording> {
    return TaskStreamRecording.begin(this.inspected);
  }

  /**
   * Where tasks are in their code, by worker and key: of a task that takes too long it says at which line. The task is
   * stopped for some milliseconds meanwhile.
   *
   * @example
   * ```ts
   * for (const tasks of Object.values(await client.callStack({ tasks: [slow] }))) console.log(tasks[slow.key]?.stack);
   * ```
   *
   * @source dask.distributed `Client.call_stack`.
   */
  async callStack(options: CallStackOptions = {}): Promise<Record<string, Record<string, TaskStack>>> {
    return callStack(this.inspected, options);
  }

  /**
   * What tasks were doing when their threads were looked at, a hundred times a second, merged over all workers: where they
   * spend their time. Also of tasks that run, and of a loop without an end. Threads are looked at from the first time on that
   * somebody asks, who gets the second after that, until ten minutes after the last time; and always where workers were
   * started with `profile`.
   *
   * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION`; `RemoteError` `GRID_SCHEDULER_UNKNOWN_WORKER`; errors of the file.
   *
   * @example
   * ```ts
   * const { prefixes } = await client.profile({ key: 'train', filename: 'train.cpuprofile' });
   * ```
   *
   * @source dask.distributed `Client.profile`.
   */
  async profile(options: ProfileOptions = {}): Promise<ClusterProfile> {
    return profile(this.inspected, options);
  }

  /**
   * What the scheduler and all workers know at the moment, for looking into it later: tasks, their steps, workers. Pages of
   * it are of slightly different moments, so that nothing has to stop.
   *
   * @param file - Where to write it, a line of JSON for each record, compressed if the name ends with `.gz`;
   * `ClusterDump.read` reads it. Without a file it is returned.
   * @source dask.distributed `Client.dump_cluster_state`.
   */
  async dumpClusterState(file: string | URL): Promise<void>;
  async dumpClusterState(): Promise<ClusterDump>;
  async dumpClusterState(file?: string | URL): Promise<ClusterDump | void> {
    return file === undefined ? readClusterState(this.inspected) : dumpClusterState(this.inspected, file);
  }

  /**
   * What the spans cost that tasks were submitted in, of all clients, up to now; see {@link span}.
   *
   * @returns The outermost ones; each counts what is within it too.
   * @source dask.distributed `Span`.
   */
  async spans(): Promise<SpanInfo[]> {
    return spans(this.inspected);
  }

  /**
   * What workers spent time and bytes on, since the scheduler was started: what they read, wrote, sent and decoded, and what
   * tasks have measured themselves with `contextMeter`.
   *
   * @source dask.distributed, fine performance metrics.
   */
  async fineMetrics(): Promise<FineMetric[]> {
    return fineMetrics(this.inspected);
  }

  /**
   * What workers have logged last, by their addresses, the oldest first; or what their nannies have, which also keep what
   * workers have printed that are gone.
   *
   * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION`; `RemoteError` `GRID_SCHEDULER_UNKNOWN_WORKER`.
   * @source dask.distributed `Client.get_worker_logs`.
   */
  async getWorkerLogs(options: WorkerLogsOptions = {}): Promise<Record<string, LogRecord[]>> {
    return getWorkerLogs(this.inspected, options);
  }

  /**
   * What the scheduler has logged last, the oldest first.
   *
   * @param n - The last so many records. Default: all that are kept.
   * @source dask.distributed `Client.get_scheduler_logs`.
   */
  async getSchedulerLogs(n?: number): Promise<LogRecord[]> {
    return getSchedulerLogs(this.inspected, n);
  }

  /**
   * Brings what workers log from now on to this process: what becomes of them, and what tasks give to `getTask().log()`.
   * What tasks print is another thing: see `Client.forwardOutput`.
   *
   * @example
   * ```ts
   * using forwarding = await client.forwardLogging({ level: 'warn' });
   * ```
   *
   * @source dask.distributed `Client.forward_logging`.
   */
  async forwardLogging(options: ForwardLoggingOptions = {}): Promise<Subscription> {
    return forwardLogging(this.inspected, options);
  }

  /**
   * Ends all that {@link ClientInspection.forwardLogging} has begun for this client. To end one, unsubscribe it.
   *
   * @source dask.distributed `Client.unforward_logging`.
   */
  unforwardLogging(): void {
    this.inspected.logs.clear();
  }

  /**
   * Where the scheduler answers over HTTP: `/health`, `/metrics`; `null` if it does not.
   *
   * @source dask.distributed `Client.dashboard_link`.
   */
  async dashboardLink(): Promise<string | null> {
    return (await this.schedulerInfo()).http;
  }

  /** What the scheduler says of itself and its workers. */
  async schedulerInfo(): Promise<SchedulerInfo> {
    return schedulerInfo(this.inspected);
  }

  /** All steps that tasks went through, by the time they happened. */
  async story(...futures: readonly (Future<unknown> | string)[]): Promise<StoryStep[]> {
    return story(
      this.inspected,
      futures.map((future) => (typeof future === 'string' ? future : future.key)),
    );
  }
}
