import type { Key } from '@grid/common';

import type { ClientState } from './client-state.js';
import type { FutureRecord } from './future-record.js';
import type { Submission, SubmissionLog } from './submission-log.js';

/** What is to be said to a scheduler that knows nothing of this client. */
export interface Resubmission<Fn> {
  /** In this order; each with the rows that somebody waits for, or has the result of. */
  readonly submissions: readonly { readonly submission: Submission<Fn>; readonly wanted: readonly number[] }[];
  /** What this client has not submitted, or cannot submit again: others' tasks, scattered data, actors. */
  readonly desires: readonly { readonly id: number; readonly key: Key }[];
  /** Numbers of failed tasks, of which the scheduler will know nothing. */
  readonly left: Set<number>;
}

/**
 * Decides what is submitted again, and makes those pending of whose results nobody knows where they are.
 *
 * Failed and cancelled futures stay what they are. An actor that was there is not to be made anew: it is asked for by its
 * key, with all that was submitted along with it.
 */
export function planResubmission<Fn>(state: ClientState, log: SubmissionLog<Fn>): Resubmission<Fn> {
  const submissions: { submission: Submission<Fn>; wanted: number[] }[] = [];
  const asked = new Set<number>();
  for (const submission of log.kept()) {
    const records = recordsOf(state, submission);
    const isOfActor = submission.message.options.actor === true;
    if (isOfActor && records.some(({ status }) => status === 'finished')) continue;
    const { firstId } = submission.message;
    submissions.push({ submission, wanted: records.filter(isWanted).map(({ id }) => id - firstId) });
    for (const { id } of records) asked.add(id);
  }
  const desires: { id: number; key: Key }[] = [];
  const left = new Set<number>();
  for (const [id, record] of state.byId.entries()) {
    if (record.status === 'error') left.add(id);
    if (!isWanted(record)) continue;
    if (!asked.has(id)) desires.push({ id, key: record.key });
    // A result that came along is here whatever becomes of it there.
    if (record.status === 'finished' && record.block === null) record.status = 'pending';
  }
  return { submissions, desires, left };
}

function isWanted({ status }: FutureRecord): boolean {
  return status === 'pending' || status === 'finished';
}

function recordsOf(state: ClientState, { message: { firstId, keys, wanted } }: Submission<unknown>): FutureRecord[] {
  const records: FutureRecord[] = [];
  const count = wanted === null ? keys.length : wanted.length;
  for (let index = 0; index < count; index += 1) {
    const record = state.byId.get(firstId + (wanted === null ? index : (wanted[index] as number)));
    if (record !== undefined) records.push(record);
  }
  return records;
}
