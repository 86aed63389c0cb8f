import { LogRing, type Clock, type KeptLine, type LogLevel } from '@grid/common';
import { LOGS_FEATURE, toLogRows } from '@grid/protocol';
import type { Link } from '@grid/rpc';

/** Lines are left out of what is logged in one go beyond so many, and while so many bytes wait for the scheduler. */
const WAITING_MAX = 1000;
const QUEUED_BYTES_MAX = 4 * 1024 * 1024;

/** What a worker logs itself: the last of it is kept, and the scheduler is told of it as long as somebody there listens. */
export class WorkerLogs {
  readonly ring: LogRing;
  #link: Link | undefined;
  #waiting: KeptLine[] = [];
  #missed = 0;
  #isTelling = false;

  constructor(clock: Clock) {
    this.ring = new LogRing(clock);
  }

  open(link: Link): void {
    this.#link = link;
  }

  /** The scheduler wants to be told from this level on; `null`: of nothing any more. */
  follow(level: LogLevel | null): void {
    if (level === null) this.flush();
    this.ring.listen(level, (line) => this.#hear(line));
  }

  /** Tells now what waits to be told. */
  flush(): void {
    const link = this.#link;
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length === 0 || link === undefined || link.isClosed || !link.peer.features.includes(LOGS_FEATURE)) return;
    if (link.queuedBytes > QUEUED_BYTES_MAX) {
      this.#missed += lines.length;
      return;
    }
    this.#isTelling = true;
    try {
      link.send({ op: 'logs-written', worker: '', rows: toLogRows(lines), missed: this.#missed });
      this.#missed = 0;
    } finally {
      this.#isTelling = false;
    }
  }

  #hear(line: KeptLine): void {
    // What is logged about the telling itself would never come to an end.
    if (this.#isTelling) return;
    if (this.#waiting.length >= WAITING_MAX) {
      this.#missed += 1;
      return;
    }
    this.#waiting.push(line);
    // Before what this worker has to tell next: who knows that a task is done has what it logged.
    if (this.#waiting.length === 1) queueMicrotask(() => this.flush());
  }
}
