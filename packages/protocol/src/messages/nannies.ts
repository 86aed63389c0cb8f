import { defineMessage } from './define-message.js';
import { flag, id, list, number, oneOf, optional, prose, record, text } from './fields.js';
import { pluginPart } from './plugins.js';

/*
 * Nannies: each is the parent of one worker's process after the other, and tells the scheduler what became of them; and
 * what they are asked for.
 */

/** What nannies that run functions, and schedulers that ask them to, name in their handshake. */
export const RUN_ON_NANNIES_FEATURE = 'run-on-nannies';

/** The line of this nanny is open. Workers name it by the instance id that it gave in the handshake. */
export const registerNanny = defineMessage('register-nanny', 280, { name: text, pid: id });
export const nannyRegistered = defineMessage('nanny-registered', 281, {
  schedulerId: text,
  /** To be set up before it starts a worker. */
  plugins: optional(list(pluginPart)),
});

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

/**
 * Client to scheduler: have workers ended and started anew; empty `workers`: all. `cancelsAll`: give up all work of all clients
 * before. Answered when the new ones are there, or have not come in time; at once unless `isAwaited`.
 */
export const restartRequest = defineMessage('restart', 286, {
  workers: list(text),
  cancelsAll: flag,
  timeoutMs: number,
  isAwaited: flag,
});
export const restartReply = defineMessage('restart-reply', 287, {
  outcomes: list(
    record({
      /** The address of the worker that was there before. */
      worker: text,
      /** `closed`: it has no nanny, and was told to leave. `late`: the next one has not come in time. */
      outcome: oneOf(['restarted', 'closed', 'restarting', 'late', 'failed']),
      problem: prose,
    }),
  ),
});

/** To a nanny: end the worker and start it anew. Answered when the next one has joined the cluster. */
export const restartWorkerRequest = defineMessage('restart-worker', 284, { reason: prose });
export const restartWorkerReply = defineMessage('restart-worker-reply', 285, { workerInstanceId: text });
