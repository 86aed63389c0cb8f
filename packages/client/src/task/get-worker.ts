import { ClientError } from '../errors.js';
import { getTask } from './task-context.js';

/** The worker that a task runs on. */
export interface TaskWorker<Plugins> {
  /** Where it listens. */
  readonly address: string;
  readonly name: string;
  /**
   * The plugins of this thread, by name; see `Client.registerPlugin`. To reach for one that could not be set up here throws
   * `GRID_WORKER_PLUGIN_FAILED`.
   */
  readonly plugins: Plugins;
}

/**
 * The worker that this task runs on, with the plugins that live in the thread of this task.
 *
 * @throws {@link ClientError} `GRID_CLIENT_NOT_IN_TASK` outside of tasks.
 *
 * @example
 * ```ts
 * class Model implements WorkerPlugin {
 *   readonly kind = 'worker';
 *   readonly name = 'model';
 *   weights = new Float64Array(0);
 *   async setup() { this.weights = await loadWeights(); }
 * }
 * await client.registerPlugin(new Model());
 * client.submit(() => getWorker<{ model: Model }>().plugins.model.weights.length, []);
 * ```
 *
 * @source dask.distributed `get_worker`.
 */
export function getWorker<Plugins = Readonly<Record<string, object | undefined>>>(): TaskWorker<Plugins> {
  const task = getTask();
  if (task === undefined) {
    throw new ClientError('GRID_CLIENT_NOT_IN_TASK', 'getWorker() outside of a task: only tasks have a worker');
  }
  // What is registered by which name only the caller knows.
  return { address: task.workerAddress, name: task.thread.workerName, plugins: task.plugins as Plugins };
}
