import { textColumn } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { ClientState } from '../core/client-state.js';
import { planResubmission } from '../core/plan-resubmission.js';
import type { SubmissionLog } from '../core/submission-log.js';
import type { FunctionTable, Introduction, KeptFunction } from './function-table.js';
import type { Outbox } from './outbox.js';

/** How long the scheduler may wait for workers, and may then be busy with those who come back, in milliseconds. */
const RESUME_TIMEOUT_MS = 120_000;

/** What a client has that is submitted again. */
export interface ResubmitParts {
  readonly state: ClientState;
  readonly log: SubmissionLog<KeptFunction>;
  readonly functions: FunctionTable;
  readonly outbox: Outbox;
}

/**
 * Says to a scheduler that knows nothing of it what this client wants, over a line on which it has registered.
 *
 * @returns Numbers of failed tasks, of which the scheduler is told nothing.
 */
export async function resubmit(
  link: Link,
  formerScheduler: string,
  { state, log, functions, outbox }: ResubmitParts,
): Promise<Set<number>> {
  const request = { op: 'resume-client', formerScheduler, idEnd: state.nextId } as const;
  await link.request(request, { timeoutMs: RESUME_TIMEOUT_MS });
  // From here on in one go: what is said next is new. Tasks of this turn that are on no list yet would be asked for by key.
  outbox.closeBatch();
  const { submissions, desires, left } = planResubmission(state, log);
  // What is submitted again may depend on it.
  if (desires.length > 0) {
    link.send({
      op: 'desire-keys',
      ids: desires.map(({ id }) => id),
      keys: textColumn(desires.map(({ key }) => key)),
    });
  }
  functions.forgetIntroductions(submissions.flatMap(({ submission }) => submission.functions));
  for (const { submission, wanted } of submissions) {
    const introduced: Introduction = { functions: [], units: [] };
    for (const kept of submission.functions) functions.introduceAgain(kept, introduced);
    link.send({ ...submission.message, ...introduced, wanted });
  }
  link.send({ op: 'end-resume' });
  return left;
}
