export { SchedulerServer } from './shell/scheduler-server.js';
export type { SchedulerParts } from './shell/scheduler-server.js';
export type { SchedulerOptions } from './options.js';
export { DEFAULT_POLICY } from './core/scheduler-options.js';
export type { SchedulerPolicy } from './core/scheduler-options.js';
export { SchedulerError } from './errors.js';
export type { SchedulerErrorCode } from './errors.js';

/* Where copies of results are kept. */
export { ReduceReplicas } from './core/memory-manager/reduce-replicas.js';
export type { MemoryPolicy, MemoryRound, PlacedTask, PlacingWorker } from './core/memory-manager/memory-policy.js';
export type { MemoryManagerOptions, PolicyOption } from './shell/memory-manager.js';
export type { WorkerAbout, WorkerStatus } from './core/records.js';
