export { SchedulerServer } from './shell/scheduler-server.js';
export type { SchedulerParts } from './shell/scheduler-server.js';
export type { SchedulerOptions } from './options.js';
export { DEFAULT_POLICY } from './core/scheduler-options.js';
export type { SchedulerPolicy } from './core/scheduler-options.js';
export { SchedulerError } from './errors.js';
export type { SchedulerErrorCode } from './errors.js';
