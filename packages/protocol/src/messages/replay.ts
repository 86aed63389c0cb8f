import { defineMessage } from './define-message.js';
import { flag, list, optional, payload, record, text } from './fields.js';
import { functionPart, unitPart } from './parts.js';

/*
 * What a task is made of, for running it elsewhere. Schedulers that know these messages name the feature `replay` in their
 * handshake; to others none of them is sent.
 */

/** The feature of these messages. */
export const REPLAY_FEATURE = 'replay';

/** What a task calls, with what. References in `args` are places in `dependencies`, which are keys. */
const taskSpec = record({
  function: functionPart,
  /** All the code that the function needs. */
  units: list(unitPart),
  args: payload,
  dependencies: list(text),
});

/** What is this task made of; with `blamed`: the task that failed first, if this one failed over it? */
export const taskSpecRequest = defineMessage('task-spec', 340, { key: text, blamed: flag });

/** `key`: the task that is told of. No `spec`: it is plain data, or there is no such task. */
export const taskSpecReply = defineMessage('task-spec-reply', 341, { key: text, spec: optional(taskSpec) });
