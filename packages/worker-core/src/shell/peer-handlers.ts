import type { Logger } from '@grid/common';
import { isMessage, type Link, type LinkHandlers } from '@grid/rpc';

import type { ActorDesk } from './actor-desk.js';
import type { DataServer } from './data-server.js';

/** What is done with what a peer or client says on a line to this worker: it asks for data, or calls actors. */
export function peerHandlers(
  link: Link,
  { actors, data, logger }: { readonly actors: ActorDesk; readonly data: DataServer; readonly logger: Logger },
): LinkHandlers {
  return {
    onMessage: (message) => {
      if (isMessage(message, 'actor-calls')) actors.call(link, message);
      else if (isMessage(message, 'abandon-actor-calls')) actors.abandon(link, message);
      else if (isMessage(message, 'confirm-actor-results')) actors.confirm(link, message);
      // Other peers only ask; what a newer one says besides is not for this version.
      else logger.debug({ op: message.op }, 'a peer said what a worker does not listen to');
    },
    onRequest: (message) => data.answer(message),
    onClosed: () => actors.end(link),
  };
}
