import { parentPort, workerData } from 'node:worker_threads';

import { TaskLoop } from '../executor/task-loop.js';
import { tellHeapSize } from '../executor/tell-heap-size.js';
import type { ThreadSetup, ToThread } from '../executor/thread-messages.js';
import { createTextCodeLoader } from './text-code-loader.js';

const port = parentPort;
if (port === null) throw new TypeError('not in a thread');
tellHeapSize((workerData as ThreadSetup).control);
const loop = new TaskLoop(workerData as ThreadSetup, {
  code: createTextCodeLoader(),
  post: (message, transfer) => port.postMessage(message, transfer),
});
port.on('message', (message: ToThread) => loop.receive(message));
port.postMessage({ kind: 'ready' });
