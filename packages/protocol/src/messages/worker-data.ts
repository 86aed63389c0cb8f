import { defineMessage } from './define-message.js';
import { ids, oneOf, text } from './fields.js';
import { valueRows } from './parts.js';

/** Asks a worker for results that it holds. */
export const getDataRequest = defineMessage('get-data', 160, { taskIds: ids, requester: text });

/** `busy`: ask again a little later. Ids that are absent from `values` are not here. */
export const getDataReply = defineMessage('get-data-reply', 161, { status: oneOf(['ok', 'busy']), values: valueRows });

/** Hands values to a worker that planned to hold them. */
export const putDataRequest = defineMessage('put-data', 162, { values: valueRows });
export const putDataReply = defineMessage('put-data-reply', 163, {});
