export { contextMeter } from './context-meter.js';
export type { ContextMeter } from './context-meter.js';
export { getClient } from './get-client.js';
export { Reschedule } from './reschedule.js';
export { rejoin, secede, workerClient } from './slots.js';
export { getTask, getWorkerAddress, uploadedPath } from './task-context.js';
export type { TaskContext } from './task-context.js';
export { openThreadClient } from './thread-client.js';
