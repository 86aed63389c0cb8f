import { defineMessage } from './define-message.js';
import { facts, list, text } from './fields.js';

/*
 * Changing what workers have of abstract resources while they run. Schedulers and workers that know these messages name the
 * feature `set-resources` in their handshake; to others none of them is sent.
 */

/** The feature of these messages. */
export const SET_RESOURCES_FEATURE = 'set-resources';

/** Client to scheduler: so much of these there is from now on, on these workers (addresses, names or hosts; none: all). */
export const setResourcesRequest = defineMessage('set-resources', 349, { workers: list(text), resources: facts });
/** The addresses of the workers that have been told. */
export const setResourcesReply = defineMessage('set-resources-reply', 350, { workers: list(text) });

/** Scheduler to worker: the same, of itself. Tasks that are sent after it count on it. */
export const setWorkerResources = defineMessage('set-worker-resources', 351, { resources: facts });
