import { isGridError } from '@grid/common';
import type { Facts } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import type { Future } from '../future.js';
import { assertInspectable, isInspectable } from './assert-inspectable.js';

/** Why a task is not done; see {@link TaskExplanation.reason}. */
export type TaskReason =
  | 'given-up'
  | 'scheduler-lost'
  | 'unknown'
  | 'not-needed'
  | 'waits-for-inputs'
  | 'no-workers'
  | 'no-such-worker'
  | 'no-such-resource'
  | 'workers-not-running'
  | 'slots-taken'
  | 'on-worker'
  | 'finished'
  | 'failed'
  | 'input-failed';

/** Why a task is not running, or what became of it. Printed, it is a few sentences for people. */
export class TaskExplanation {
  readonly key: string;
  /** The task's state on the scheduler, such as `waiting`, `queued` or `processing`; `unknown` if there is no such task. */
  readonly state: string;
  /**
   * - `given-up`, `scheduler-lost`: the future was cancelled or released; the scheduler is gone.
   * - `unknown`: the scheduler has no such task, any more or yet.
   * - `not-needed`: nobody wants it at the moment.
   * - `waits-for-inputs`: it needs results that are not there; `details.cause` explains the one in its way.
   * - `no-workers`, `no-such-worker`, `no-such-resource`, `workers-not-running`: no worker may run it.
   * - `slots-taken`: all workers have enough to do.
   * - `on-worker`: a worker has it; {@link TaskExplanation.ofWorker} says what it does about it.
   * - `finished`, `failed`, `input-failed`: it is over.
   */
  readonly reason: TaskReason;
  /** The explanation for people, with what can be done. */
  readonly text: string;
  /** What the text says, for programs. */
  readonly details: Facts;
  /** What the worker says that has the task, or the one that is in its way: `reason`, `text` and `details` of its own. */
  readonly ofWorker: Facts | null;

  constructor(parts: Pick<TaskExplanation, 'key' | 'state' | 'reason' | 'text' | 'details' | 'ofWorker'>) {
    this.key = parts.key;
    this.state = parts.state;
    this.reason = parts.reason;
    this.text = parts.text;
    this.details = parts.details;
    this.ofWorker = parts.ofWorker;
  }

  toString(): string {
    const said = this.ofWorker?.['text'];
    return typeof said === 'string' ? `${this.text} The worker says: ${said}` : this.text;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Says why a task is not running, or what became of it. */
export async function explainTask(parts: ClientParts, task: Future<unknown> | string): Promise<TaskExplanation> {
  parts.assertOpen('explain a task');
  await assertInspectable(parts);
  if (typeof task !== 'string') {
    const over = explainOver(task);
    if (over !== null) return over;
  }
  // What has not been sent yet would be unknown.
  parts.outbox.closeBatch();
  return ask(parts, typeof task === 'string' ? task : task.key);
}

/** What only this client knows. */
function explainOver({ key, status }: Future<unknown>): TaskExplanation | null {
  const common = { key, state: 'unknown', details: {}, ofWorker: null };
  if (status === 'cancelled') {
    const text = `This future of '${key}' was cancelled or released. Submit the task again.`;
    return new TaskExplanation({ ...common, reason: 'given-up', text });
  }
  if (status !== 'lost') return null;
  const text = `The scheduler is gone, and '${key}' with it. Connect again and submit it again.`;
  return new TaskExplanation({ ...common, reason: 'scheduler-lost', text });
}

async function ask(
  parts: ClientParts,
  key: string,
  limit: { readonly timeoutMs?: number } = {},
): Promise<TaskExplanation> {
  const { explanation } = await parts.requests.request({ op: 'explain-task', key }, limit);
  // The fields are those that the scheduler gives its explanations; a newer one may know of more reasons.
  return new TaskExplanation(explanation as unknown as TaskExplanation);
}

/** Whose wait is over is not to wait much longer for the reason. Milliseconds. */
const WAIT_TIMEOUT_MS = 4000;

/** Says in a few sentences what tasks wait for: for errors of waits that ended early. */
export async function explainWait(parts: ClientParts, records: readonly FutureRecord[]): Promise<string> {
  if (parts.state.lostReason !== null) return parts.state.lostReason;
  try {
    const states = await countStates(parts, records);
    const [first] = records;
    if (first === undefined || !(await isInspectable(parts))) return states;
    return `${states}. ${(await ask(parts, first.key, { timeoutMs: WAIT_TIMEOUT_MS })).toString()}`;
  } catch (error) {
    // The wait is over in any case; its own error must not be replaced by this one.
    if (!isGridError(error)) throw error;
    return `the scheduler does not say why: ${error.message}`;
  }
}

async function countStates(parts: ClientParts, records: readonly FutureRecord[]): Promise<string> {
  const { states, workerCount } = await parts.requests.request(
    { op: 'task-states', ids: records.slice(0, 1000).map(({ id }) => id) },
    { timeoutMs: 2000 },
  );
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const list = Array.from(counts, ([state, count]) => `${String(count)} ${state}`).join(', ');
  const workers =
    workerCount === 0 ? 'no workers are connected; start one' : `${String(workerCount)} workers are connected`;
  return `on the scheduler they are ${list}, and ${workers}`;
}
