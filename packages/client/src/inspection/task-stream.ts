import { parseDuration, type Duration } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { assertInspectable } from './assert-inspectable.js';

/** One run of one task. */
export interface TaskRun {
  readonly key: string;
  /** The address of the worker. */
  readonly worker: string;
  /** Milliseconds since the epoch, on the scheduler's clock. */
  readonly start: number;
  /** The same for its end. */
  readonly stop: number;
  readonly status: 'finished' | 'error';
  /** The size of the result in bytes; 0 for a run that failed. */
  readonly nbytes: number;
  /** The kind of the result, such as `Float64Array`; empty for a run that failed. */
  readonly type: string;
}

/** Which runs are wanted. */
export interface TaskStreamOptions {
  /** Runs that had not ended then: a time, or how long ago, such as `'5 s'`. Default: all that are remembered. */
  readonly start?: Date | Duration;
  /** Runs that had begun by then. Default: now. */
  readonly stop?: Date | Duration;
  /** Only the last so many. Default: all that fit, at most 100 000. */
  readonly count?: number;
}

/** The scheduler remembers no more, unless told so. */
const COUNT_MAX = 1_000_000;

/** Runs that the scheduler remembers. */
export async function getTaskStream(
  parts: ClientParts,
  { start, stop, count = COUNT_MAX }: TaskStreamOptions,
): Promise<TaskRun[]> {
  const reply = await ask(parts, { after: 0, from: timeOf(start), to: timeOf(stop), count });
  return runsOf(reply);
}

/** A recording of what runs on the cluster, from the moment at which it was begun. */
export class TaskStreamRecording {
  readonly #parts: ClientParts;
  readonly #after: number;

  private constructor(parts: ClientParts, after: number) {
    this.#parts = parts;
    this.#after = after;
  }

  /** @internal */
  static async begin(parts: ClientParts): Promise<TaskStreamRecording> {
    const { total } = await ask(parts, { after: 0, from: null, to: null, count: 0 });
    return new TaskStreamRecording(parts, total);
  }

  /** What has ended since the recording was begun, of all clients, in the order of its end. At most the last 100 000 runs. */
  async tasks(): Promise<TaskRun[]> {
    return runsOf(await ask(this.#parts, { after: this.#after, from: null, to: null, count: COUNT_MAX }));
  }
}

async function ask(
  parts: ClientParts,
  query: Omit<MessageWith<'task-stream'>, 'op'>,
): Promise<MessageWith<'task-stream-reply'>> {
  parts.assertOpen('read the task stream');
  await assertInspectable(parts);
  return parts.requests.request({ op: 'task-stream', ...query });
}

function timeOf(time: Date | Duration | undefined): number | null {
  if (time === undefined) return null;
  return time instanceof Date ? time.getTime() : Date.now() - parseDuration(time);
}

function runsOf(reply: MessageWith<'task-stream-reply'>): TaskRun[] {
  const { keys, workers, workerIndexes, starts, durations, sizes, types, typeIndexes } = reply;
  const failures = new Set(Array.from(reply.failures));
  return Array.from({ length: keys.length }, (_, row) => ({
    key: keys.at(row),
    worker: workers[workerIndexes[row] ?? -1] ?? '',
    start: starts[row] ?? 0,
    stop: (starts[row] ?? 0) + (durations[row] ?? 0),
    status: failures.has(row) ? 'error' : 'finished',
    nbytes: sizes[row] ?? 0,
    type: types[typeIndexes[row] ?? -1] ?? '',
  }));
}
