import { parentPort, workerData } from 'node:worker_threads';

import { invariant } from '@grid/common';
import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';

import { PluginLoop } from './plugin-loop.js';
import type { PluginThreadSetup, ToPluginThread } from './plugin-messages.js';

/* The file that the thread of plugins starts with. Only their host starts it. */

const port = parentPort;
invariant(port !== null, 'the entry of plugins was loaded outside of a thread');

// The host has put it there.
const setup = workerData as PluginThreadSetup;
const decoder = new FunctionDecoder({ root: setup.root, worker: setup.owner });
const loop = new PluginLoop(setup, {
  code: { decoder, prepare: (payload) => decoder.prepare(payload) },
  encoder: new FunctionEncoder(),
  load: (fn) => decoder.load(fn),
  post: (message) => port.postMessage(message),
});

// What a plugin does in its own time is not to end the others.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (reason: unknown) => {
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    port.postMessage({ kind: 'log', level: 'warn', text: `a plugin failed: ${text}`, plugin: '' });
  });
}

port.on('message', (message: ToPluginThread) => loop.receive(message));
