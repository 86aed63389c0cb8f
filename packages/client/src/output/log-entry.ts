import { OUTPUT_SOURCES, type MessageWith, type OutputSource } from '@grid/protocol';

/** Something that a task has written. */
export interface LogEntry {
  /** The task, or the name of a function that was run outside of tasks. */
  readonly key: string;
  /** The address of the worker that ran it. */
  readonly worker: string;
  /** `stdout` and `stderr`: where the console of the task writes to; else the level of what it gave to its log. */
  readonly source: OutputSource;
  /** Milliseconds since the epoch, on the scheduler's clock. */
  readonly at: number;
  /** Without the end of its last line. */
  readonly text: string;
}

/** Reads what a message tells of output. */
export function entriesOf(rows: MessageWith<'output-written'>['rows']): LogEntry[] {
  const { keys, workers, workerIndexes, sources, times, texts } = rows;
  return Array.from({ length: keys.length }, (_, row) => ({
    key: keys.at(row),
    worker: workers[workerIndexes[row] ?? -1] ?? '',
    source: OUTPUT_SOURCES[sources[row] ?? -1] ?? 'stdout',
    at: times[row] ?? 0,
    text: texts.at(row),
  }));
}

/** Stands for what is missing before `next`. */
export function missedEntry(count: number, next: LogEntry | undefined): LogEntry {
  return {
    key: next?.key ?? '',
    worker: next?.worker ?? '',
    source: 'warn',
    at: next?.at ?? 0,
    text: `… ${String(count)} pieces of output are missing here: there was too much of it`,
  };
}
