import { defineMessage } from './define-message.js';
import { id, list, number, oneOf, optional, prose, text } from './fields.js';

/*
 * Nannies: each is the parent of one worker's process after the other, and tells the scheduler what became of them.
 */

/** The line of this nanny is open. Workers name it by the instance id that it gave in the handshake. */
export const registerNanny = defineMessage('register-nanny', 280, { name: text, pid: id });
export const nannyRegistered = defineMessage('nanny-registered', 281, { schedulerId: text });

/**
 * Why the process of a worker ended. `left`: in order. `closed`, `restarted`: its nanny was asked to end it. `memory`: its
 * nanny killed it, since it took too much. `scheduler-lost`: its line broke. `start-failed`: it never joined the cluster,
 * as far as its nanny knows. `signal`, `exit`: by accident.
 */
const exitCause = oneOf(['left', 'closed', 'restarted', 'memory', 'scheduler-lost', 'start-failed', 'signal', 'exit']);

/** The process of a worker is about to be killed. `pid`: the number it registered with. `memory`: bytes it takes. */
export const workerEnding = defineMessage('worker-ending', 282, { pid: id, cause: exitCause, memory: number });

/** The process of a worker has ended. `code` or `signal` say how, `memory` what it took last, `log` what it printed last. */
export const workerExited = defineMessage('worker-exited', 283, {
  pid: id,
  cause: exitCause,
  code: optional(number),
  signal: text,
  memory: number,
  /** Bytes that it may take; 0: there is no limit. */
  memoryLimit: number,
  log: list(prose),
});

/** To a nanny: end the worker and start it anew. Answered when the next one has joined the cluster. */
export const restartWorkerRequest = defineMessage('restart-worker', 284, { reason: prose });
export const restartWorkerReply = defineMessage('restart-worker-reply', 285, { workerInstanceId: text });
