import type { MessageWith } from '@grid/protocol';

import type { SchedulerContext } from '../scheduler-context.js';

/** Ends the cluster, once whoever asked has been answered. */
export function shutDown(server: SchedulerContext, reason: string): MessageWith<'shutdown-reply'> {
  server.logger.info({ reason }, 'a client ends the cluster');
  setImmediate(() => void server.close(reason));
  return { op: 'shutdown-reply' };
}
