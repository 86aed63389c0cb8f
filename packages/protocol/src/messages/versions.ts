import { defineMessage } from './define-message.js';
import { facts, list, record, text } from './fields.js';

/*
 * What processes have installed. Peers that know these messages name the feature `versions` in their handshake; to others
 * none of them is sent.
 */

/** What peers that know these messages name in their handshake. */
export const VERSIONS_FEATURE = 'versions';

/** What one worker has: version by package, `null` for what is not there. */
const workerPackages = record({ worker: text, packages: facts });

/** Client to scheduler, and scheduler to worker: in which versions are these packages there? Who cannot say is left out. */
export const packageVersionsRequest = defineMessage('package-versions', 276, { packages: list(text) });
export const packageVersionsReply = defineMessage('package-versions-reply', 277, { workers: list(workerPackages) });
