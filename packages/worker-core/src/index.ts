/* A worker as a whole. */
export { WorkerServer } from './shell/worker-server.js';
export type { WorkerParts } from './shell/worker-parts.js';
export type { WorkerCloseReason } from './shell/close-reason.js';
export { CORE_DEFAULTS } from './options.js';
export type { WorkerHttpOptions, WorkerMemoryOptions, WorkerOptions } from './options.js';
export { startLifetime } from './lifetime.js';
export type { Lifetime, LifetimeOptions, MortalWorker } from './lifetime.js';
export { WorkerError } from './errors.js';
export type { WorkerErrorCode } from './errors.js';

/* What runs tasks. */
export type {
  CallOutcome,
  Executor,
  ExecutorEvents,
  FunctionPart,
  RunTimes,
  TaskToRun,
  WorkerIdentity,
} from './executor/executor.js';
export { ThreadPoolExecutor } from './executor/thread-pool-executor.js';
export type { ThreadPoolParts } from './executor/thread-pool-executor.js';
export type { ThreadPoolOptions } from './executor/thread-pool-options.js';
export { workerThreadStarter } from './executor/start-worker-thread.js';
export type { WorkerThreadOptions } from './executor/start-worker-thread.js';
export type { StartThread, ThreadLink, ThreadLinkEvents } from './executor/thread-link.js';
export { createInlineExecutor } from './executor/inline-executor.js';
export { TaskContext } from './executor/task-context.js';
export { defaultThreadEntry } from './thread-entry-url.js';

/* Where results are kept. */
export type { DataStore, DataStoreEvents, DiskState, StoredValue } from './store/data-store.js';
export { MemoryStore } from './store/memory-store.js';
export { SpillStore } from './store/spill/spill-store.js';
export type { SpillOptions } from './store/spill/spill-store.js';
export { createLocalDirectory } from './store/spill/local-directory.js';
export { allocateShared } from './store/shared-bytes.js';

/* What tasks are, for tools. */
export { TASK_STATES } from './core/activity.js';
export type { TaskStateName } from './core/activity.js';
export type { StoryRow } from './core/story.js';
