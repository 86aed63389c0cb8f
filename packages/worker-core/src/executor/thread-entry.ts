import { parentPort, workerData } from 'node:worker_threads';

import { invariant } from '@grid/common';

import { allowSharedGarbage } from '../store/count-for-collector.js';
import { createCodeLoader } from './create-code-loader.js';
import { TaskLoop } from './task-loop.js';
import { tellHeapSize } from './tell-heap-size.js';
import type { ThreadSetup, ToThread } from './thread-messages.js';

/* The file that a thread starts with. Only the main side's executor starts it. */

const port = parentPort;
invariant(port !== null, 'thread-entry was loaded outside of a thread');

// The main side has put it there.
const setup = workerData as ThreadSetup;
if (setup.sharedGarbageMax !== undefined) allowSharedGarbage(setup.sharedGarbageMax);
tellHeapSize(setup.control);
const loop = new TaskLoop(setup, {
  code: createCodeLoader(setup),
  post: (message, transfer) => port.postMessage(message, transfer),
});

// A promise that a task has left behind concerns that task's author, not the others that run beside it.
process.on('unhandledRejection', (reason: unknown) => {
  const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  port.postMessage({ kind: 'log', level: 'warn', text: `a task left a promise behind that failed: ${text}`, key: '' });
});

port.on('message', (message: ToThread) => loop.receive(message));
port.postMessage({ kind: 'ready' });
