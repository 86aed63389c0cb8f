import { refuseWhileLoadingModule, type Key } from '@grid/common';
import type { ComputeOptions, GraphRunner, TaskGraph } from '@grid/graph';
import type { CallableValue, CaptureReport } from '@grid/protocol';

import type { Actor, ActorMaker } from './actors/actor.js';
import { AsCompleted } from './as-completed.js';
import { calledAs } from './caller-stack.js';
import { checkItems } from './check-arguments.js';
import type { ClientParts } from './client-parts.js';
import { currentOwner, registerPlace, unregisterPlace, withOwner } from './coordination/meeting-place.js';
import type { MeetingPlace } from './coordination/place.js';
import type { Subscription } from './coordination/topic.js';
import { Executor, type ExecutorOptions } from './executor/executor.js';
import type { ClientSession } from './shell/client-session.js';
import { openSession } from './shell/open-session.js';
import { ClientInspection } from './inspection/client-inspection.js';
import type { Future, Resolved, ResolvedArgs, ResultOf, WaitLimit } from './future.js';
import { cancel, type CancelOptions } from './operations/cancel.js';
import { persist, submitGraph } from './operations/submit-graph.js';
import { explainWith } from './operations/explain.js';
import { gather, type GatherOptions } from './operations/gather.js';
import { map } from './operations/map.js';
import { erredFuture, recreateError, recreateTask, type RecreateOptions } from './operations/recreate.js';
import { restart, type RestartOptions, type RestartOutcome } from './operations/restart.js';
import {
  preparePlugin,
  registerPlugin,
  unregisterPlugin,
  type PluginRegistration,
  type RegisterPluginOptions,
  type UnregisterPluginOptions,
} from './operations/plugins.js';
import { prepareRun, runOnWorkers, type RunOptions } from './operations/run-on-workers.js';
import { retireWorkers, type RetireOptions } from './operations/retire-workers.js';
import { prepareScatter, scatter, type Scatterable } from './operations/scatter.js';
import { setResources, type SetResourcesOptions } from './operations/set-resources.js';
import { shutDown } from './operations/shut-down.js';
import { submit } from './operations/submit.js';
import { forwardOutput, type ForwardOutputOptions } from './operations/task-output.js';
import { rebalance, replicate, type RebalanceOptions, type ReplicateOptions } from './operations/move-results.js';
import { removeUpload, uploadDirectory, uploadFile } from './operations/upload.js';
import { wait, type WaitOptions, type WaitResult } from './operations/wait.js';
import { ActiveMemoryManager } from './operations/active-memory-manager.js';
import type {
  ActorMapOptions,
  ActorOptions,
  ConnectOptions,
  ConnectTarget,
  MapOptions,
  ScatterOptions,
  SubmitOptions,
} from './options.js';
import { WorkersView, type ViewOptions } from './view/workers-view.js';
import type { Registrable } from './plugins/plugin-parts.js';
import type { UploadDirectoryOptions, UploadFileOptions, UploadInfo } from './uploads/upload-options.js';

/** What can be submitted: classes are, too, where the result is to be an actor. */
type Submittable = CallableValue | ActorMaker<never, object>;

/**
 * A program's line to a cluster: it sends functions and data, and holds futures of results.
 *
 * @source dask.distributed `Client`. Method names are Dask's in camelCase; arguments are one tuple, since there are no
 * keyword arguments.
 */
export class Client extends ClientInspection implements AsyncDisposable, GraphRunner {
  readonly #session: ClientSession;

  private constructor(session: ClientSession) {
    super();
    this.#session = session;
    registerPlace(this, session.place, session.isOfTasks);
  }

  /** @internal The client of a session that is open already, or about to be. */
  static of(session: ClientSession): Client {
    return new Client(session);
  }

  /**
   * Connects to a scheduler.
   *
   * @param target - An address such as `tcp://host:8786`, or a cluster object. Without it the environment's
   * `GRID_SCHEDULER_ADDRESS`; without that a local cluster is started, if `@grid/deploy` is installed, and ends with
   * this client.
   * @throws {@link ClientError} `GRID_CLIENT_CONNECT_FAILED`, `GRID_CLIENT_NO_SCHEDULER`; errors of authentication have
   * codes of `@grid/rpc`.
   *
   * @example
   * ```ts
   * await using client = await Client.connect('tcp://127.0.0.1:8786');
   * ```
   */
  static async connect(target?: ConnectTarget, options: ConnectOptions = {}): Promise<Client> {
    refuseWhileLoadingModule('connect a client');
    return new Client(await openSession(target, options));
  }

  /**
   * The client of this code: the one that {@link Client.asCurrent} gave it, or else the one that was connected last and is
   * open. Tasks have theirs from `getClient` of `@grid/client/task`.
   *
   * @throws {@link ClientError} `GRID_CLIENT_NO_CLIENT`.
   * @source dask.distributed `Client.current`, `default_client`.
   */
  static current(): Client {
    // Whoever registers is a client.
    return currentOwner() as Client;
  }

  protected get meetingPlace(): MeetingPlace {
    return this.#session.place;
  }

  protected get inspected(): ClientParts {
    return this.#session.parts;
  }

  /** This client's id on the cluster. */
  get id(): string {
    return this.#session.id;
  }

  /** The scheduler's address. */
  get schedulerAddress(): string {
    return this.#session.schedulerAddress;
  }

  /**
   * `running` until {@link Client.close}; `reconnecting` while the scheduler is gone and another one may come in its place, and
   * `lost` when none came in time.
   */
  get status(): 'running' | 'reconnecting' | 'lost' | 'closed' {
    return this.#session.status;
  }

  /**
   * Runs `fn(...args)` on a worker. Returns at once.
   *
   * A {@link Future} anywhere in `args`, however deep, stands for its result, which goes from worker to worker and
   * never through the client. What `fn` uses of the code around it travels along, with its values of this moment.
   *
   * @param fn - May be async. See `docs/functions.md` for what can travel.
   * @param args - One tuple, sent by value. Scatter what is larger than 1 MiB.
   * @throws {@link ClientError} `GRID_CLIENT_CLOSED`, `GRID_CLIENT_SCHEDULER_LOST`, `GRID_CLIENT_BAD_OPTION`,
   * `GRID_CLIENT_FOREIGN_FUTURE`.
   * @throws `ProtocolError` `GRID_PROTOCOL_CAPTURE` if the function, `GRID_PROTOCOL_UNSERIALIZABLE` if an argument
   * cannot be sent; both say why, where, and what to do.
   *
   * @example
   * ```ts
   * using part = client.submit(load, ['part-0.arrow']);
   * using total = client.submit(sum, [part]);
   * console.log(await total.result());
   * ```
   *
   * @source dask.distributed `Client.submit`.
   */
  submit<Args extends readonly unknown[] | [], Result>(
    fn: (...args: ResolvedArgs<Args>) => Result,
    args: Args,
    options?: SubmitOptions,
  ): Future<Awaited<Result>>;
  /**
   * Makes an actor: an object that stays on a worker and can be called from everywhere.
   *
   * @param maker - A class, or a function that gives the object; it may be async.
   * @returns A future of a handle.
   *
   * @example
   * ```ts
   * class Counter {
   *   total = 0;
   *   add(n: number) {
   *     return (this.total += n);
   *   }
   * }
   * using counter = await client.submit(Counter, [], { actor: true }).result();
   * await counter.add(5);
   * console.log(await counter.total);
   * ```
   *
   * @source dask.distributed `Client.submit` with `actor=True`.
   */
  submit<Args extends readonly unknown[] | [], Made extends object>(
    maker: ActorMaker<ResolvedArgs<Args>, Made>,
    args: Args,
    options: ActorOptions,
  ): Future<Actor<Made>>;
  submit(fn: Submittable, args: readonly unknown[], options: SubmitOptions | ActorOptions = {}): Future<unknown> {
    return calledAs(Client, 'submit', () => submit(this.#parts, fn as CallableValue, args, options));
  }

  /**
   * Runs `fn` on each item. The function is sent once, and all tasks in few messages.
   *
   * @returns A future for each item, in order.
   * @source dask.distributed `Client.map`, with one iterable; see {@link Client.starmap} for several.
   */
  map<Item, Result>(
    fn: (item: Resolved<Item>) => Result,
    items: Iterable<Item>,
    options?: MapOptions,
  ): Future<Awaited<Result>>[];
  /** Makes an actor of each item. */
  map<Item, Made extends object>(
    maker: ActorMaker<[item: Resolved<Item>], Made>,
    items: Iterable<Item>,
    options: ActorMapOptions,
  ): Future<Actor<Made>>[];
  map(fn: Submittable, items: Iterable<unknown>, options: MapOptions | ActorMapOptions = {}): Future<unknown>[] {
    const tuples = Array.from(checkItems(items), (item) => [item] as const);
    return calledAs(Client, 'map', () => map(this.#parts, fn as CallableValue, tuples, options));
  }

  /** Runs `fn` on each tuple of arguments; otherwise as {@link Client.map}. */
  starmap<Args extends readonly unknown[] | [], Result>(
    fn: (...args: ResolvedArgs<Args>) => Result,
    tuples: Iterable<Args>,
    options?: MapOptions,
  ): Future<Awaited<Result>>[];
  /** Makes an actor of each tuple of arguments. */
  starmap<Args extends readonly unknown[] | [], Made extends object>(
    maker: ActorMaker<ResolvedArgs<Args>, Made>,
    tuples: Iterable<Args>,
    options: ActorMapOptions,
  ): Future<Actor<Made>>[];
  starmap(
    fn: Submittable,
    tuples: Iterable<readonly unknown[]>,
    options: MapOptions | ActorMapOptions = {},
  ): Future<unknown>[] {
    return calledAs(Client, 'starmap', () => map(this.#parts, fn as CallableValue, tuples, options));
  }

  /**
   * Sends what `keys` need of a graph, in the order in which it is best run.
   *
   * Tasks that this client holds futures of already are not sent again.
   *
   * @returns Futures of `keys`.
   * @throws `GraphError` `GRID_GRAPH_CYCLE`, `GRID_GRAPH_MISSING_KEY`; nothing was sent then.
   * @source dask.distributed `Client.get` with `sync=False`.
   */
  submitGraph(
    graph: TaskGraph,
    keys: readonly Key[],
    options: Omit<SubmitOptions, 'key' | 'pure'> = {},
  ): Future<unknown>[] {
    return calledAs(Client, 'submitGraph', () => submitGraph(this.#parts, graph, keys, options));
  }

  /** Computes `keys` of a graph and fetches their results, as every `GraphRunner` does. */
  async compute(graph: TaskGraph, keys: readonly Key[], options: ComputeOptions = {}): Promise<unknown[]> {
    const futures = calledAs(Client, 'compute', () => this.submitGraph(graph, keys, options));
    try {
      return await this.gather(futures);
    } finally {
      for (const future of futures) future.release();
    }
  }

  /**
   * Has `keys` of a graph computed, and keeps their results on workers.
   *
   * @returns A graph of `keys`, whose tasks are futures: what is built on it begins where this one ends, also before it
   * is computed. Release the futures, see `futuresOf`, when it is needed no more.
   * @source dask.distributed `Client.persist`.
   */
  async persist(graph: TaskGraph, keys: readonly Key[], options: ComputeOptions = {}): Promise<TaskGraph> {
    return persist(this.#parts, graph, keys, options);
  }

  /**
   * Fetches results: waits for all futures in `futures`, and replaces them, also in nested arrays, plain objects, Maps
   * and Sets.
   *
   * @throws The first error of a task, unless `errors` is `skip`; then failed futures are left out of arrays.
   * @source dask.distributed `Client.gather`.
   */
  async gather<T>(futures: T, options: GatherOptions = {}): Promise<Resolved<T>> {
    return (await gather(this.#parts, futures, options)) as Resolved<T>;
  }

  /**
   * Puts data on workers, where tasks find it by its futures.
   *
   * Data that was scattered cannot be computed again: it is lost with the last worker that has it.
   *
   * @param data - A list of values, or an object whose names become keys.
   * @returns Futures in the same shape, finished.
   * @source dask.distributed `Client.scatter`.
   */
  async scatter<const Data extends Scatterable>(
    data: Data,
    options: ScatterOptions = {},
  ): Promise<{ -readonly [Name in keyof Data]: Future<Data[Name]> }> {
    const prepared = calledAs(Client, 'scatter', () => prepareScatter(this.#parts, data));
    return (await scatter(this.#parts, prepared, options)) as { -readonly [Name in keyof Data]: Future<Data[Name]> };
  }

  /**
   * Waits for tasks to be over, without fetching their results. A task that failed is over.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`, which says what the tasks wait for; `GRID_CLIENT_CANCELLED`.
   * @source dask.distributed `wait`.
   */
  async wait<F extends Future<unknown>>(
    futures: readonly F[],
    options: WaitOptions = {},
  ): Promise<WaitResult<ResultOf<F>>> {
    // What comes back are the futures that came in.
    return (await wait(this.#parts, futures, options)) as WaitResult<ResultOf<F>>;
  }

  /**
   * Gives futures in the order in which their tasks end.
   *
   * @example
   * ```ts
   * for await (const done of client.asCompleted(futures)) console.log(done.key, await done.result());
   * ```
   */
  asCompleted<F extends Future<unknown>>(futures: Iterable<F>, limit: WaitLimit = {}): AsCompleted<ResultOf<F>> {
    // A future of one of several kinds is a future of any of them.
    return new AsCompleted(this.#parts, futures as Iterable<Future<ResultOf<F>>>, limit);
  }

  /**
   * Gives tasks up. What runs for nobody else is stopped, and what depends on it is cancelled with it: once this resolves,
   * the futures of this client say so.
   *
   * @throws {@link ClientError} `GRID_CLIENT_SCHEDULER_SILENT` if the scheduler does not answer; it does what was asked nevertheless.
   * @source dask.distributed `Client.cancel`, which lets running tasks finish; here they are stopped.
   */
  async cancel(futures: readonly Future<unknown>[], options: CancelOptions = {}): Promise<void> {
    return cancel(this.#parts, futures, options);
  }

  /**
   * Gives up all work and data of all clients, and starts all workers anew. Futures are cancelled.
   *
   * Workers that have no nanny, such as those of a cluster within this process, leave and do not come back.
   *
   * @returns What became of each worker, by its former address.
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT` if not all are there in time; they may come later.
   * @source dask.distributed `Client.restart`.
   */
  async restart(options: RestartOptions = {}): Promise<Record<string, RestartOutcome>> {
    return restart(this.#parts, { workers: [], cancelsAll: true }, options);
  }

  /**
   * Starts some workers anew. What they were running is run again, and what only they had is computed again.
   *
   * @param workers - Addresses, names or hosts.
   * @returns What became of each, by its former address.
   * @throws As {@link Client.restart}; `RemoteError` `GRID_SCHEDULER_UNKNOWN_WORKER`.
   * @source dask.distributed `Client.restart_workers`.
   */
  async restartWorkers(
    workers: readonly string[],
    options: RestartOptions = {},
  ): Promise<Record<string, RestartOutcome>> {
    if (workers.length === 0) return {};
    return restart(this.#parts, { workers, cancelsAll: false }, options);
  }

  /** Runs failed tasks again, beginning with the ones that failed first. */
  async retry(futures: readonly Future<unknown>[]): Promise<void> {
    const parts = this.#parts;
    parts.assertOpen('retry');
    parts.futures.retry(parts.futures.requireAll(futures));
  }

  /**
   * Runs in this process the task that failed, with the values that it was given: there a debugger can step in. Of a task
   * that failed since one that it depends on did, it is the latter that is run.
   *
   * What is called is this program's own function, where it is still what was sent, so that breakpoints in it are met. It
   * runs outside of any task, in this process, with all that it does to it.
   *
   * @returns What it gives, should it not fail here.
   * @throws What it throws; {@link ClientError} `GRID_CLIENT_NOT_RECREATED` if the task did not fail.
   *
   * @example
   * ```ts
   * await client.recreateErrorLocally(future, { breakpoint: true });
   * ```
   *
   * @source dask.distributed `Client.recreate_error_locally`.
   */
  async recreateErrorLocally(future: Future<unknown>, options: RecreateOptions = {}): Promise<unknown> {
    return recreateError(this.#parts, future, options);
  }

  /**
   * Runs a task in this process, whether or not it has been run on the cluster; otherwise as
   * {@link Client.recreateErrorLocally}.
   *
   * @throws What it throws; {@link ClientError} `GRID_CLIENT_NOT_RECREATED` for data that was scattered.
   * @source dask.distributed `Client.recreate_task_locally`.
   */
  async recreateTaskLocally<T>(future: Future<T>, options: RecreateOptions = {}): Promise<T> {
    // What is run is the task of this future.
    return (await recreateTask(this.#parts, future, options)) as T;
  }

  /**
   * A future of the task that failed first: of `future` itself, or of what it depends on. Release it when it is needed no
   * more.
   *
   * @throws {@link ClientError} `GRID_CLIENT_NOT_RECREATED` if `future` did not fail.
   */
  async getErroredFuture(future: Future<unknown>, limit: WaitLimit = {}): Promise<Future<unknown>> {
    return erredFuture(this.#parts, future, limit);
  }

  /**
   * Runs `fn(...args)` on workers at once, outside of any task.
   *
   * @returns What it gave, by the worker's address.
   * @source dask.distributed `Client.run`.
   */
  async run<Args extends readonly unknown[] | [], Result>(
    fn: (...args: Args) => Result,
    args?: Args,
    options: RunOptions = {},
  ): Promise<Record<string, Awaited<Result>>> {
    const prepared = calledAs(Client, 'run', () => prepareRun(this.#parts, fn, args ?? [], options));
    return (await runOnWorkers(this.#parts, prepared)) as Record<string, Awaited<Result>>;
  }

  /**
   * A pool with the cluster behind it: calls give promises of results, so many at a time.
   *
   * @source dask.distributed `Client.get_executor`.
   */
  getExecutor(options: ExecutorOptions = {}): Executor {
    return new Executor(this.#parts, options);
  }

  /**
   * Workers under direct control: functions that run on each of them at once, and values that stay there under names.
   *
   * @param workers - Addresses, names or hosts. Default: all that are there at each call.
   * @source IPython Parallel `DirectView`.
   */
  view(workers: string | readonly string[] = [], options: ViewOptions = {}): WorkersView {
    return new WorkersView(this.#parts, typeof workers === 'string' ? [workers] : workers, options);
  }

  /**
   * Brings what tasks write to the console, and to their logs, to this process, from now on.
   *
   * @example
   * ```ts
   * using forwarding = await client.forwardOutput();
   * await client.submit(() => console.log('hello from a worker'), []).result();
   * ```
   *
   * @source dask.distributed `ForwardOutput`, `print`.
   */
  async forwardOutput(options: ForwardOutputOptions = {}): Promise<Subscription> {
    return forwardOutput(this.#parts, options);
  }

  /**
   * Says what a function or value would take along to a worker; see {@link explain}. Why a task is not running is asked
   * with {@link ClientInspection.explainTask}.
   *
   * @example
   * ```ts
   * console.log(client.explain(score));
   * ```
   */
  explain(subject: unknown): CaptureReport {
    return explainWith(this.#parts.functions.encoder, subject);
  }

  /**
   * Puts a file on all workers, also on those that come later. Tasks that are submitted afterwards import it as
   * `upload:NAME`, with `importTask` or `import('upload:NAME')`, or read it at `uploadedPath('NAME')` of
   * `@grid/client/task`. A file that was uploaded by that name before is replaced for them.
   *
   * Modules find the packages that are installed on the worker. TypeScript is bundled with what it imports of your own
   * files, for which `esbuild` has to be installed; all else goes as it is.
   *
   * @throws {@link ClientError} `GRID_CLIENT_BAD_UPLOAD`, `GRID_CLIENT_UPLOAD_TOO_LARGE`, `GRID_CLIENT_UPLOAD_FAILED`,
   * `GRID_CLIENT_NO_ESBUILD`, `GRID_CLIENT_BUNDLE_FAILED`; `RemoteError` `GRID_SCHEDULER_UPLOADS_FULL`.
   * @source dask.distributed `Client.upload_file`.
   */
  async uploadFile(path: string | URL, options: UploadFileOptions = {}): Promise<UploadInfo> {
    return uploadFile(this.#parts, path, options);
  }

  /**
   * Puts a folder on all workers, also on those that come later; otherwise as {@link Client.uploadFile}. A package, that is
   * a folder with a `package.json` that has a name, is imported by its name, as if it were installed, and goes before one
   * that is. What is in other folders is found as `upload:NAME/path`.
   *
   * Files go as they are. Links that lead out of the folder are refused.
   *
   * @source dask.distributed `UploadDirectory`.
   */
  async uploadDirectory(path: string | URL, options: UploadDirectoryOptions = {}): Promise<UploadInfo> {
    return uploadDirectory(this.#parts, path, options);
  }

  /** Takes an upload from the cluster. Whether there was one of this name. */
  async removeUpload(name: string): Promise<boolean> {
    return removeUpload(this.#parts, name);
  }

  /**
   * Has code of yours go along with the scheduler, with every worker or nanny, also those that come later, or with this
   * client; and waits until it is set up. One of the same kind and name is torn down before.
   *
   * @param plugin - An instance or a plain object, which travels as results do; a class, which is made there; or what
   * `importPlugin` gives. See `docs/plugins.md`.
   * @throws {@link ClientError} `GRID_CLIENT_PLUGIN_FAILED` with the plugin's own error as cause: it stays registered where
   * it is set up, and goes to those who come later. `GRID_CLIENT_BAD_OPTION`, `GRID_CLIENT_TIMEOUT`; `RemoteError`
   * `GRID_SCHEDULER_PLUGINS_REFUSED`, `GRID_SCHEDULER_PLUGINS_FULL`.
   * @source dask.distributed `Client.register_plugin`.
   */
  async registerPlugin(plugin: Registrable, options: RegisterPluginOptions = {}): Promise<PluginRegistration> {
    const prepared = calledAs(Client, 'registerPlugin', () => preparePlugin(this.#parts, plugin, options));
    return registerPlugin(this.#parts, this, prepared);
  }

  /**
   * Has a plugin torn down everywhere, and forgets it.
   *
   * @param plugin - What was registered, or its name.
   * @returns Whether there was one.
   * @throws {@link ClientError} `GRID_CLIENT_PLUGIN_FAILED` if its teardown threw; it is gone nevertheless.
   * @source dask.distributed `Client.unregister_worker_plugin`, `Client.unregister_scheduler_plugin`.
   */
  async unregisterPlugin(plugin: string | Registrable, options: UnregisterPluginOptions = {}): Promise<boolean> {
    return unregisterPlugin(this.#parts, this, plugin, options);
  }

  /**
   * Waits until the cluster has `count` workers.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`.
   */
  async waitForWorkers(count: number, limit: { readonly timeout?: number | string } = {}): Promise<void> {
    await this.#session.waitForWorkers(count, limit.timeout ?? '30s');
  }

  /**
   * Makes copies of results, and waits until they are there: workers pass them on to each other. Copies beyond what is wanted
   * are dropped. They stay until the results are let go, or another number is asked for.
   *
   * @throws {@link ClientError} `GRID_CLIENT_NOT_PLACED`: results are lost, tasks failed, or no worker takes them;
   * `GRID_CLIENT_TIMEOUT`.
   * @example
   * ```ts
   * await client.replicate([table], { n: 3 });
   * ```
   * @source dask.distributed `Client.replicate`, whose copies the active memory manager takes away again.
   */
  async replicate(futures: readonly Future<unknown>[], options: ReplicateOptions = {}): Promise<void> {
    await replicate(this.#parts, futures, options);
  }

  /**
   * Moves results from workers that use much memory to those that use little, the oldest first. May be used while tasks
   * run.
   *
   * @param futures - What may be moved; default: all results on the cluster.
   * @throws As {@link Client.replicate}.
   * @source dask.distributed `Client.rebalance`.
   */
  async rebalance(futures?: readonly Future<unknown>[], options: RebalanceOptions = {}): Promise<void> {
    await rebalance(this.#parts, futures, options);
  }

  /**
   * Has workers leave in order: they get no new tasks, give back those that they have not begun, finish the others, and
   * their results are moved to workers that stay. Then they close.
   *
   * @param options - Which workers; default: those that are idle, as long as the memory of the others is enough.
   * @returns The addresses of the workers that left.
   * @throws {@link ClientError} `GRID_CLIENT_NOT_RETIRED` if some of them stay: nobody can take their results, or the time
   * was up. `details.kept` says which and why, `details.retired` who left. Those that stay are given tasks again.
   * @source dask.distributed `Client.retire_workers`, which does not wait for running tasks, and leaves workers that stay out
   * of its result.
   */
  async retireWorkers(options: RetireOptions = {}): Promise<string[]> {
    return retireWorkers(this.#parts, options);
  }

  /**
   * Changes how much workers have of abstract resources, those that are named; 0 takes one away. Tasks that wait for it may run
   * then; what runs, runs on. A worker that is started anew has what it was started with.
   *
   * @returns The addresses of the workers.
   * @throws `RemoteError` `GRID_SCHEDULER_UNKNOWN_WORKER`; {@link ClientError} `GRID_CLIENT_BAD_OPTION`.
   * @example
   * ```ts
   * await client.setResources({ GPU: 2 }, { workers: 'gpu-1' });
   * ```
   * @source dask.distributed `Worker.set_resources`.
   */
  async setResources(
    resources: Readonly<Record<string, number>>,
    options: SetResourcesOptions = {},
  ): Promise<string[]> {
    return setResources(this.#parts, resources, options);
  }

  /**
   * Does `work` with this client as {@link Client.current}, also behind its awaits: locks, queues and the like that are not
   * told of a client use it.
   *
   * @returns What `work` gives.
   * @source dask.distributed `Client.as_current`.
   */
  asCurrent<T>(work: () => T): T {
    this.#parts.assertOpen('be the current client');
    return withOwner(this, work);
  }

  /**
   * Ends the cluster for everybody: the scheduler and all workers, and what clients and tasks have on them. Then closes.
   *
   * @throws As {@link Client.submit}.
   * @source dask.distributed `Client.shutdown`.
   */
  async shutdown(): Promise<void> {
    await shutDown(this.#parts);
    await this.close();
  }

  /** What looks after copies of results on the cluster. */
  get amm(): ActiveMemoryManager {
    return new ActiveMemoryManager(this.#parts);
  }

  /**
   * Lets go of all futures and of the cluster. A cluster that was started for this client alone ends as well.
   * Idempotent. The client that a task gets by `getClient` is shared, and stays open.
   */
  async close(): Promise<void> {
    if (this.#session.isOfTasks) return;
    await this.#parts.plugins.close(this);
    unregisterPlace(this);
    await this.#session.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<Client: ${this.schedulerAddress}, ${this.status}>`;
  }

  get #parts(): ClientParts {
    return this.#session.parts;
  }
}
