import { COMPUTE_FLAGS, TASK_OUTPUT_FEATURE, type Message, type MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { StealOutcome, WorkerEffects } from '../core/effects.js';
import type { FailurePart } from '../core/failure-part.js';
import type { LocalTask } from '../core/local-task.js';
import type { OutputPiece } from '../executor/executor.js';
import { missedText } from '../executor/task-output.js';
import type { DataStore } from '../store/data-store.js';
import { AddKeysRun, FinishedRun, IdsRun } from './message-runs.js';
import { OutputRun } from './output-run.js';

/** Results up to this size go along to clients that wait for them, in bytes. */
export const INLINE_RESULT_BYTES_MAX = 4096;

/** While so many bytes wait for the scheduler, what tasks write is left out: results come first. */
const OUTPUT_QUEUED_BYTES_MAX = 8 * 1024 * 1024;

type SchedulerEffects = Pick<
  WorkerEffects,
  | 'taskFinished'
  | 'taskErred'
  | 'longRunning'
  | 'rescheduleTask'
  | 'stealResponse'
  | 'addKeys'
  | 'releaseData'
  | 'missingData'
  | 'requestRefresh'
>;

/** Writes what the core has to say to the scheduler onto the link. Without a link it is dropped: the worker is closing then, or tells
 * the next scheduler what has become of its tasks. */
export class SchedulerOutbox implements SchedulerEffects {
  readonly #store: DataStore;
  readonly #typeIds = new Map<string, number>();
  readonly #typeNames: string[] = [];
  #typesTold = 0;
  /** Pieces of output that were left out since the last one that was sent. */
  #missedOutput = 0;
  #link: Link | undefined;
  /** What has to be added to this machine's clock to get the scheduler's, in milliseconds. */
  clockOffsetMs = 0;

  constructor(store: DataStore) {
    this.#store = store;
  }

  open(link: Link): void {
    this.#link = link;
    // Whoever listens now has been told nothing yet.
    this.#typesTold = 0;
  }

  /** The kinds of results that there have been here, by their numbers. */
  get typeNames(): readonly string[] {
    return this.#typeNames;
  }

  /** The number of a kind of result on this worker. */
  typeId(name: string): number {
    const known = this.#typeIds.get(name);
    if (known !== undefined) return known;
    const id = this.#typeNames.push(name) - 1;
    this.#typeIds.set(name, id);
    return id;
  }

  taskFinished(task: LocalTask, start: number, duration: number): void {
    const link = this.#openLink();
    if (link === undefined) return;
    const run = link.openRun('tasks-finished', () => new FinishedRun());
    for (; this.#typesTold < this.#typeNames.length; this.#typesTold += 1) {
      run.addType(this.#typesTold, this.#typeNames[this.#typesTold] as string);
    }
    run.add({
      taskId: task.taskId,
      runId: task.runId,
      nbytes: task.nbytes,
      typeId: task.typeId,
      start: start === 0 ? 0 : start + this.clockOffsetMs,
      duration,
      body: (task.flags & COMPUTE_FLAGS.sendResult) === 0 ? null : this.#inlineBody(task.taskId),
    });
  }

  taskErred(task: LocalTask, failure: FailurePart, start: number, duration: number): void {
    const shifted = start === 0 ? 0 : start + this.clockOffsetMs;
    this.#send({ op: 'task-erred', taskId: task.taskId, runId: task.runId, start: shifted, duration, failure });
  }

  /** The thread is gone in which the actor lived that this task made. */
  actorLost(task: LocalTask, failure: FailurePart): void {
    this.#send({ op: 'actor-lost', taskId: task.taskId, runId: task.runId, failure });
  }

  longRunning({ taskId, runId }: LocalTask, duration: number): void {
    this.#send({ op: 'long-running', taskId, runId, duration });
  }

  rescheduleTask({ taskId, runId }: LocalTask): void {
    this.#send({ op: 'reschedule-task', taskId, runId });
  }

  stealResponse(taskId: number, runId: number, outcome: StealOutcome): void {
    this.#send({ op: 'steal-response', taskId, runId, outcome });
  }

  addKeys({ taskId, nbytes }: LocalTask): void {
    this.#openLink()
      ?.openRun('add-keys', () => new AddKeysRun())
      .add(taskId, nbytes);
  }

  releaseData({ taskId }: LocalTask): void {
    this.#openLink()
      ?.openRun('release-worker-data', () => new IdsRun('release-worker-data'))
      .add(taskId);
  }

  missingData({ taskId }: LocalTask, workerId: number): void {
    this.#send({ op: 'missing-data', taskId, workerId });
  }

  requestRefresh({ taskId }: LocalTask): void {
    this.#openLink()
      ?.openRun('request-refresh-who-has', () => new IdsRun('request-refresh-who-has'))
      .add(taskId);
  }

  /** What user code wrote; a scheduler that cannot keep up does not get all of it. */
  output(piece: OutputPiece): void {
    const link = this.#openLink();
    if (link?.peer.features.includes(TASK_OUTPUT_FEATURE) !== true) return;
    if (link.queuedBytes > OUTPUT_QUEUED_BYTES_MAX) {
      this.#missedOutput += 1;
      return;
    }
    const run = link.openRun('task-output', () => new OutputRun());
    const shifted = { ...piece, at: piece.at + this.clockOffsetMs };
    if (this.#missedOutput > 0) run.add({ ...shifted, source: 'warn', text: missedText(this.#missedOutput) });
    this.#missedOutput = 0;
    run.add(shifted);
  }

  /** What this worker has to compute, since the scheduler asked. */
  runsCounted(answer: MessageWith<'runs-counted' | 'runs-listed'>): void {
    this.#send(answer);
  }

  /** Whether this worker takes new tasks. */
  statusChanged(status: 'running' | 'paused'): void {
    this.#send({ op: 'worker-status-change', status });
  }

  #inlineBody(taskId: number): Uint8Array | null {
    const payload = this.#store.get(taskId)?.payload;
    if (payload === undefined || payload.buffers.length > 0 || payload.body.length > INLINE_RESULT_BYTES_MAX)
      return null;
    return payload.body;
  }

  #send(message: Message): void {
    this.#openLink()?.send(message);
  }

  #openLink(): Link | undefined {
    return this.#link === undefined || this.#link.isClosed ? undefined : this.#link;
  }
}
