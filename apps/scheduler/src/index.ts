export { main } from './command.js';
export { SchedulerServer as Scheduler } from '@grid/scheduler-core';
