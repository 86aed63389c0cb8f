import { bytes, id, ids, list, number, numbers, optional, payload, prose, record, text, texts } from './fields.js';

/** Code that functions are made of, opaque to whoever passes it on. */
export const unitPart = record({ hash: text, body: bytes });

/**
 * A function made ready to travel. `id` is dense within the connection that introduces it; `units` are hashes of the code
 * that it needs, which is introduced with it or before.
 */
export const functionPart = record({ id, hash: text, name: text, payload, units: list(text) });

/** A worker's number, for the columns that follow, and where it listens. */
export const workerPart = record({ id, address: text });

/** The kind of a result, for people: `number`, `Float64Array`, `Trip`. Introduced once per connection. */
export const typePart = record({ id, name: text });

/** Out-of-band buffers of one row's arguments; rows without any are left out. */
export const rowBuffers = record({ row: id, buffers: list(bytes) });

/**
 * Encoded argument tuples, a row each, in one block.
 *
 * `ends[row]` is where the row's bytes end; an empty row is a task without arguments.
 */
export const argumentRows = record({ block: bytes, ends: ids, buffers: list(rowBuffers) });

/** So much of an abstract resource, such as `GPU`. */
export const resourceAmount = record({ name: text, amount: number });

/** A span by the id that its client made, and its name. */
export const spanPart = record({ id: text, name: text });

/** What one row occupies of its worker's resources while it runs; rows that occupy nothing are left out. */
export const rowResources = record({ row: id, amounts: list(resourceAmount) });

/** Lists of ids, a list a row: the ids of row `r` are `ids[ends[r - 1] .. ends[r])`. */
export const idLists = record({ ends: ids, ids });

/** Small encoded results, a row each; an empty row's result was not sent along. */
export const resultRows = record({ block: bytes, ends: ids });

/** Where results lie: keys, sizes in bytes, and the holders of each as positions in `workers`. */
export const holderRows = record({
  keys: texts,
  taskIds: ids,
  sizes: numbers,
  holders: idLists,
  workers: list(workerPart),
});

/** Why a task failed. `error` is for the client, the texts for everybody who cannot decode it. */
export const failurePart = record({ error: payload, name: prose, message: prose, stack: prose });

/** Encoded values of some tasks. */
export const valueRows = record({ taskIds: ids, keys: texts, payloads: list(payload) });

/** What one worker answered when it was asked to run a function. */
export const runOutcome = record({ worker: text, value: optional(payload), failure: optional(failurePart) });

/** One step of a task, for `story`. */
export const storyRow = record({ server: text, key: text, from: text, to: text, stimulusId: text, at: number });

/** An encoded value that the scheduler keeps for others. Its references are positions in `keys`, whose results it keeps too. */
export const heldValue = record({ payload, keys: list(text) });
