import { LOG_LEVELS, type LogLevel } from '@grid/common';
import { fromLogRows, type MessageWith } from '@grid/protocol';

import { outsideOfTasks } from '../task/task-context.js';
import { logRecordOf, noteInLog, type WorkerLogRecord } from './log-record.js';

/** Who listens to what workers log. */
export interface LogFollower {
  readonly level: LogLevel;
  /** Addresses of workers; `null`: all. */
  readonly workers: ReadonlySet<string> | null;
  /** What it throws is nobody's to catch. */
  readonly write: (record: WorkerLogRecord) => void;
}

/** Who listens here to what workers log. The scheduler is told of the lowest level that is wanted. */
export class LogFollowers {
  readonly #tell: (message: MessageWith<'follow-logs'>) => void;
  readonly #followers = new Set<LogFollower>();
  #level: LogLevel | null = null;

  constructor(tell: (message: MessageWith<'follow-logs'>) => void) {
    this.#tell = tell;
  }

  /** @returns What ends it */
  add(follower: LogFollower): () => void {
    this.#followers.add(follower);
    this.#tellLevel();
    return () => {
      if (this.#followers.delete(follower)) this.#tellLevel();
    };
  }

  /** Nobody listens any more. */
  clear(): void {
    this.#followers.clear();
    this.#tellLevel();
  }

  /** The scheduler is another one, and knows of nobody who listens. */
  resume(): void {
    if (this.#level !== null) this.#tell({ op: 'follow-logs', level: this.#level });
  }

  receive({ worker, rows, missed }: MessageWith<'logs-written'>): void {
    const records = fromLogRows(rows).map((line) => ({ ...logRecordOf(line), worker }) as WorkerLogRecord);
    if (missed > 0) {
      const note = noteInLog(`… ${String(missed)} records are missing here: there were too many`);
      records.unshift({ ...note, worker });
    }
    // Where this is a task's client, what a follower prints is no output of that task.
    outsideOfTasks(() => {
      for (const record of records) this.#deliver(record);
    });
  }

  #deliver(record: WorkerLogRecord): void {
    const rank = LOG_LEVELS.indexOf(record.source);
    for (const { level, workers, write } of [...this.#followers]) {
      if (rank < LOG_LEVELS.indexOf(level) || workers?.has(record.worker) === false) continue;
      try {
        write(record);
      } catch (error) {
        // As event targets do: an error of one who listens must not keep others from hearing.
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }

  #tellLevel(): void {
    const ranks = Array.from(this.#followers, ({ level }) => LOG_LEVELS.indexOf(level));
    const level = ranks.length === 0 ? null : (LOG_LEVELS[Math.min(...ranks)] ?? null);
    if (level === this.#level) return;
    this.#level = level;
    this.#tell({ op: 'follow-logs', level });
  }
}
