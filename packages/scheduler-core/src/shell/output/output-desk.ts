import { OUTPUT_SOURCES, type MessageWith, type NumberColumn } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { OutputEntry } from '../../core/output/output-book.js';
import { wantsOf, type ClientRecord, type TaskRecord, type WorkerRecord } from '../../core/records.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import { SchedulerError } from '../../errors.js';
import { OutputRows } from './output-rows.js';
import { OutputWrittenRun } from './output-written-run.js';

/** A client that reads more slowly than tasks write misses what is written while so many bytes wait for it. */
const QUEUED_BYTES_MAX = 4 * 1024 * 1024;

/** Replies are cut to about this size. */
const REPLY_BYTES_MAX = 16 * 1024 * 1024;

/** A client that wants to be told what tasks write. */
interface Follower {
  readonly link: Link;
  followsAll: boolean;
  /** The client's numbers of tasks. */
  readonly ids: Set<number>;
  missed: number;
}

/** Keeps what tasks write, and tells it to the clients that want to know at once. */
export class OutputDesk {
  readonly #state: SchedulerState;
  readonly #followers = new Map<ClientRecord, Follower>();

  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** Takes what tasks of a worker wrote. */
  take({ about }: WorkerRecord, message: MessageWith<'task-output'>): void {
    const { taskIds, keys, sources, times, texts } = message;
    if ([keys, sources, times, texts].some(({ length }) => length !== taskIds.length)) throw badColumns();
    for (let row = 0; row < taskIds.length; row += 1) {
      const source = sources[row] as number;
      if (OUTPUT_SOURCES[source] === undefined) throw badColumns();
      const entry = { at: times[row] as number, worker: about.address, source, text: texts.at(row) };
      const task = this.#state.tasks.get(taskIds[row] as number);
      if (task !== undefined) this.#state.output.add(task.id, entry);
      for (const [client, follower] of this.#followers) {
        if (follower.followsAll || isFollowed(task, client, follower)) tell(follower, keys.at(row), entry);
      }
    }
  }

  /** What is kept of the output of a client's tasks, task by task, as much as one answer takes. */
  kept(client: ClientRecord, ids: NumberColumn): MessageWith<'get-output-reply'> {
    const rows = new OutputRows();
    let missed = 0;
    for (const id of Array.from(ids)) {
      const task = client.tasks.get(id);
      if (task === undefined) continue;
      const kept = this.#state.output.of(task.id);
      missed += kept.missed;
      for (const entry of kept.entries) {
        if (rows.byteLength < REPLY_BYTES_MAX) rows.add(task.key, entry);
        else missed += 1;
      }
    }
    return { op: 'get-output-reply', rows: rows.toRows(), missed };
  }

  /** The client is to be told what is written from now on. `null`: by all tasks. */
  follow(client: ClientRecord, link: Link, ids: NumberColumn | null): void {
    const known = this.#followers.get(client);
    const follower: Follower = known ?? { link, followsAll: false, ids: new Set(), missed: 0 };
    this.#followers.set(client, follower);
    if (ids === null) follower.followsAll = true;
    else for (const id of Array.from(ids)) follower.ids.add(id);
  }

  /** The opposite of {@link OutputDesk.follow}. */
  unfollow(client: ClientRecord, ids: NumberColumn | null): void {
    const follower = this.#followers.get(client);
    if (follower === undefined) return;
    if (ids === null) follower.followsAll = false;
    else for (const id of Array.from(ids)) follower.ids.delete(id);
    if (!follower.followsAll && follower.ids.size === 0) this.#followers.delete(client);
  }

  /** The client is gone. */
  leave(client: ClientRecord): void {
    this.#followers.delete(client);
  }
}

function isFollowed(task: TaskRecord | undefined, client: ClientRecord, { ids }: Follower): boolean {
  if (task === undefined || ids.size === 0) return false;
  return wantsOf(task).some((want) => want.client === client && ids.has(want.id));
}

function tell(follower: Follower, key: string, entry: OutputEntry): void {
  const { link } = follower;
  if (link.isClosed) return;
  if (link.queuedBytes > QUEUED_BYTES_MAX) {
    follower.missed += 1;
    return;
  }
  const run = link.openRun('output-written', () => new OutputWrittenRun());
  run.missed += follower.missed;
  follower.missed = 0;
  run.rows.add(key, entry);
}

function badColumns(): SchedulerError {
  return new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', "columns of 'task-output' do not fit each other");
}
