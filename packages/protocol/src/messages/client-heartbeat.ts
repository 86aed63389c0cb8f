import { defineMessage } from './define-message.js';

/*
 * Clients that say now and then that they are there. Schedulers that know this name the feature `client-heartbeat` in their
 * handshake; to others it is not sent.
 */

/** What schedulers that know these messages name in their handshake. */
export const CLIENT_HEARTBEAT_FEATURE = 'client-heartbeat';

/** Client to scheduler: it is there. */
export const heartbeatClient = defineMessage('heartbeat-client', 328, {});
