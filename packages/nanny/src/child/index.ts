export { runUnderNanny } from './run-under-nanny.js';
export type { ChildEnd, ChildWorker, RunUnderNannyOptions } from './run-under-nanny.js';
export { NANNY_EXITS } from '../core/worker-exit.js';
