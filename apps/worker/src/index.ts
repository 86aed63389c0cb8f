export { main } from './command.js';
export { WorkerServer as Worker } from '@grid/worker-core';
export { Nanny } from '@grid/nanny';
