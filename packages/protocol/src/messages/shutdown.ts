import { defineMessage } from './define-message.js';
import { prose } from './fields.js';

/*
 * The end of a cluster. Schedulers that know these messages name the feature `shutdown` in their handshake; to others none
 * of them is sent.
 */

/** The feature of these messages. */
export const SHUTDOWN_FEATURE = 'shutdown';

/** Client to scheduler: end, with all workers. Answered before that begins. */
export const shutdownRequest = defineMessage('shutdown', 347, { reason: prose });
export const shutdownReply = defineMessage('shutdown-reply', 348, {});
