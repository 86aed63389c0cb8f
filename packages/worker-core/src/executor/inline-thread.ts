import type { CodeLoader } from './code-loader.js';
import { TaskLoop } from './task-loop.js';
import type { StartThread } from './thread-link.js';
import type { ThreadSetup } from './thread-messages.js';

/**
 * Starts "threads" that are no threads: their tasks run on this event loop. For tests and for clusters within one process.
 * What keeps such a thread busy keeps the whole process busy, and cannot be ended.
 */
export function inlineThreadStarter(createCode: (setup: ThreadSetup) => CodeLoader): StartThread {
  return (setup, events) => {
    let isEnded = false;
    // A task may stop its own worker; nothing here may run inside the stack of who posted.
    const later = (work: () => void): void => {
      setImmediate(() => {
        if (!isEnded) work();
      });
    };
    const loop = new TaskLoop(setup, {
      code: createCode(setup),
      post: (message) => later(() => events.onMessage(message)),
    });
    later(() => events.onMessage({ kind: 'ready' }));
    return {
      post: (message) => later(() => loop.receive(message)),
      terminate: async () => {
        isEnded = true;
        await loop.close();
      },
    };
  };
}
