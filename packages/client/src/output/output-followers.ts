import type { MessageWith } from '@grid/protocol';

import type { FutureRecord } from '../core/future-record.js';
import { outsideOfTasks } from '../task/task-context.js';
import { entriesOf, missedEntry, type LogEntry } from './log-entry.js';

/** Is told what tasks write, as it arrives. What it throws is nobody's to catch. */
export type LogHandler = (entry: LogEntry) => void;

/** Says to the scheduler whose output is wanted. */
type Tell = (message: MessageWith<'follow-output'> | MessageWith<'unfollow-output'>) => void;

/** Who listens here to what tasks write. The scheduler is told of the first who listens to a task, and when the last has left. */
export class OutputFollowers {
  readonly #tell: Tell;
  readonly #ofAll = new Set<LogHandler>();
  readonly #ofKey = new Map<string, { readonly id: number; readonly handlers: Set<LogHandler> }>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Listens to all tasks of the cluster. @returns What ends it */
  followAll(handler: LogHandler): () => void {
    // One of its own for each: a handler may listen twice.
    const own: LogHandler = (entry) => handler(entry);
    this.#ofAll.add(own);
    if (this.#ofAll.size === 1) this.#tell({ op: 'follow-output', ids: null });
    return () => {
      if (this.#ofAll.delete(own) && this.#ofAll.size === 0) this.#tell({ op: 'unfollow-output', ids: null });
    };
  }

  /** Listens to some tasks. @returns What ends it */
  follow(records: readonly FutureRecord[], handler: LogHandler): () => void {
    const own: LogHandler = (entry) => handler(entry);
    const added: number[] = [];
    for (const { key, id } of records) {
      const known = this.#ofKey.get(key);
      known?.handlers.add(own);
      if (known?.id === id) continue;
      this.#ofKey.set(key, { id, handlers: known?.handlers ?? new Set([own]) });
      added.push(id);
    }
    if (added.length > 0) this.#tell({ op: 'follow-output', ids: added });
    return () => this.#leave(records, own);
  }

  /** The scheduler is another one, and knows of nobody who listens. */
  resume(): void {
    if (this.#ofAll.size > 0) this.#tell({ op: 'follow-output', ids: null });
    const ids = Array.from(this.#ofKey.values(), ({ id }) => id);
    if (ids.length > 0) this.#tell({ op: 'follow-output', ids });
  }

  receive({ rows, missed }: MessageWith<'output-written'>): void {
    const entries = entriesOf(rows);
    const all = missed === 0 ? entries : [missedEntry(missed, entries[0]), ...entries];
    // Where this is a task's client, what a handler prints is no output of that task: it would come back here.
    outsideOfTasks(() => {
      for (const entry of all) this.#deliver(entry);
    });
  }

  #deliver(entry: LogEntry): void {
    const handlers = new Set([...this.#ofAll, ...(this.#ofKey.get(entry.key)?.handlers ?? [])]);
    for (const handler of handlers) call(handler, entry);
  }

  #leave(records: readonly FutureRecord[], own: LogHandler): void {
    const left: number[] = [];
    for (const { key } of records) {
      const known = this.#ofKey.get(key);
      if (known?.handlers.delete(own) !== true || known.handlers.size > 0) continue;
      this.#ofKey.delete(key);
      left.push(known.id);
    }
    if (left.length > 0) this.#tell({ op: 'unfollow-output', ids: left });
  }
}

function call(handler: LogHandler, entry: LogEntry): void {
  try {
    handler(entry);
  } catch (error) {
    // As event targets do: an error of one who listens must not keep others from hearing.
    process.nextTick(() => {
      throw error;
    });
  }
}
