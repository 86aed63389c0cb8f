import { messageOf } from '@grid/common';
import type { LinkHandlers } from '@grid/rpc';

import { ClientError } from '../errors.js';
import type { OpenedLine, SchedulerWay } from './scheduler-way.js';
import { canResume, isFinal, openLine } from './scheduler-way.js';

/** Between attempts, in milliseconds; it doubles with each one. */
const PAUSE_MS = 50;
const PAUSE_MAX_MS = 1000;

/** A line that breaks sooner than this, in milliseconds, has not helped: the time that began with the one before goes on. */
const SOUND_MS = 10_000;

export interface SchedulerReturnParts {
  readonly clientId: string;
  readonly handlers: LinkHandlers;
  /** Submits again what there is, over a line that is registered. */
  resume(line: OpenedLine): Promise<void>;
  /** There is no other one: why. */
  onGivenUp(reason: string): void;
}

/** Looks for a scheduler in place of one that is lost, for as long as its client waits for that. */
export class SchedulerReturn {
  readonly #way: SchedulerWay;
  readonly #parts: SchedulerReturnParts;
  readonly #ending = new AbortController();
  #endsAt = 0;
  #backAt = -Infinity;

  constructor(way: SchedulerWay, parts: SchedulerReturnParts) {
    this.#way = way;
    this.#parts = parts;
  }

  /** Begins to look; `reason`: why the last one is lost. */
  begin(reason: string): void {
    const now = performance.now();
    if (now - this.#backAt > SOUND_MS) this.#endsAt = now + this.#way.reconnectTimeoutMs;
    void this.#look(reason);
  }

  end(): void {
    this.#ending.abort(new ClientError('GRID_CLIENT_CLOSED', 'the client was closed'));
  }

  async #look(reason: string): Promise<void> {
    const { signal } = this.#ending;
    let problem = reason;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const leftMs = this.#endsAt - performance.now();
      if (leftMs <= 0) break;
      let line: OpenedLine | null = null;
      try {
        line = await openLine(this.#parts.clientId, this.#parts.handlers, { ...this.#way, timeoutMs: leftMs, signal });
        if (!canResume(line.link))
          throw new ClientError(
            'GRID_CLIENT_UNSUPPORTED',
            'the scheduler there takes nobody in who was at another one',
          );
        await this.#parts.resume(line);
        this.#backAt = performance.now();
        return;
      } catch (error) {
        line?.link.abort(error);
        problem = `${reason}; ${messageOf(error)}`;
        if (isFinal(error) || (line !== null && !canResume(line.link))) break;
      }
      await pause(Math.random() * Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** attempt), signal);
    }
    if (!signal.aborted) this.#parts.onGivenUp(problem);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
