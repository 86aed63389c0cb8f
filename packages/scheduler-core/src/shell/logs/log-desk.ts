import { LOG_LEVELS, type LogLevel } from '@grid/common';
import { fromLogRows, LOGS_FEATURE, OUTPUT_SOURCES, toLogRows, type MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { ClientRecord, WorkerRecord } from '../../core/records.js';

/** A client that reads more slowly than workers log misses what is logged while so many bytes wait for it. */
const QUEUED_BYTES_MAX = 4 * 1024 * 1024;

/** A client that wants to be told what workers log. */
interface Follower {
  readonly link: Link;
  level: LogLevel;
  missed: number;
}

/** Passes on what workers log to the clients that want to know. Workers tell only what at least one of them wants. */
export class LogDesk {
  readonly #workers: () => Iterable<{ readonly link: Link }>;
  readonly #followers = new Map<ClientRecord, Follower>();
  /** What workers have been told. */
  #level: LogLevel | null = null;

  /** @param workers - those that are here */
  constructor(workers: () => Iterable<{ readonly link: Link }>) {
    this.#workers = workers;
  }

  /** The client is to be told from now on what is logged from this level on; `null`: no more. */
  follow(client: ClientRecord, link: Link, level: LogLevel | null): void {
    const known = this.#followers.get(client);
    if (level === null) this.#followers.delete(client);
    else if (known === undefined) this.#followers.set(client, { link, level, missed: 0 });
    else known.level = level;
    this.#tellWorkers();
  }

  /** The client is gone. */
  leave(client: ClientRecord): void {
    if (this.#followers.delete(client)) this.#tellWorkers();
  }

  workerCame({ link }: { readonly link: Link }): void {
    if (this.#level !== null) tell(link, this.#level);
  }

  /** Takes what a worker has logged. */
  take({ about }: WorkerRecord, { rows, missed }: MessageWith<'logs-written'>): void {
    const lines = fromLogRows(rows);
    for (const follower of this.#followers.values()) {
      const { link, level } = follower;
      if (link.isClosed) continue;
      const least = OUTPUT_SOURCES.indexOf(level);
      const wanted = lines.filter(({ source }) => OUTPUT_SOURCES.indexOf(source) >= least);
      if (link.queuedBytes > QUEUED_BYTES_MAX) {
        follower.missed += wanted.length + missed;
        continue;
      }
      if (wanted.length === 0 && missed === 0) continue;
      const total = follower.missed + missed;
      follower.missed = 0;
      link.send({ op: 'logs-written', worker: about.address, rows: toLogRows(wanted), missed: total });
    }
  }

  #tellWorkers(): void {
    const ranks = Array.from(this.#followers.values(), ({ level }) => LOG_LEVELS.indexOf(level));
    const level = ranks.length === 0 ? null : (LOG_LEVELS[Math.min(...ranks)] ?? null);
    if (level === this.#level) return;
    this.#level = level;
    for (const { link } of this.#workers()) tell(link, level);
  }
}

function tell(link: Link, level: LogLevel | null): void {
  if (!link.isClosed && link.peer.features.includes(LOGS_FEATURE)) link.send({ op: 'follow-logs', level });
}
