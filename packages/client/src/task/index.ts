export { getTask, getWorkerAddress } from './task-context.js';
export type { TaskContext } from './task-context.js';
