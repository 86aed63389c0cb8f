import { setTimeout as delay } from 'node:timers/promises';

import { isGridError, type Address } from '@grid/common';
import { textColumn, type MessageWith, type NumberColumn } from '@grid/protocol';

import type { WorkerRecord } from '../../core/records.js';
import { membersOf } from '../../core/relation.js';
import type { SchedulerContext } from '../scheduler-context.js';

type Values = MessageWith<'collect-reply'>['values'];

/** Milliseconds for one transfer. */
const TRANSFER_TIMEOUT_MS = 300_000;
/** Milliseconds until a busy worker is asked again. */
const BUSY_DELAY_MS = 50;

/** Fetches results from workers for a client that cannot reach them. What nobody could give is absent. */
export async function collect(
  server: SchedulerContext,
  taskIds: NumberColumn,
  signal: AbortSignal,
): Promise<MessageWith<'collect-reply'>> {
  const found = new Collected();
  const tried = new Set<string>();
  let missing = Array.from(taskIds);
  // Each round asks one holder for each task that none has given yet, and never the same one twice.
  for (;;) {
    const rounds = nextHolders(server, missing, tried);
    if (rounds.size === 0) return { op: 'collect-reply', values: found.toValues() };
    await Promise.all(Array.from(rounds, async ([worker, ids]) => found.add(await ask(server, worker, ids, signal))));
    missing = missing.filter((id) => !found.has(id));
  }
}

function nextHolders(
  server: SchedulerContext,
  taskIds: readonly number[],
  tried: Set<string>,
): Map<WorkerRecord, number[]> {
  const byWorker = new Map<WorkerRecord, number[]>();
  for (const id of taskIds) {
    const holders = membersOf(server.state.tasks.get(id)?.whoHas ?? null);
    const holder = holders.find((worker) => !tried.has(`${String(worker.id)}/${String(id)}`));
    if (holder === undefined) continue;
    tried.add(`${String(holder.id)}/${String(id)}`);
    const ids = byWorker.get(holder);
    if (ids === undefined) byWorker.set(holder, [id]);
    else ids.push(id);
  }
  return byWorker;
}

/** What one worker gives; nothing if it cannot be reached: its line to here, or its heartbeat, will tell why. */
async function ask(
  server: SchedulerContext,
  worker: WorkerRecord,
  taskIds: readonly number[],
  signal: AbortSignal,
): Promise<Values | null> {
  const address = worker.about.address as Address;
  const request = { op: 'get-data', taskIds, requester: server.id } as const;
  for (;;) {
    try {
      const { status, values } = await server.pool.request(address, request, {
        timeoutMs: TRANSFER_TIMEOUT_MS,
        signal,
      });
      if (status === 'ok') {
        reportMissing(server, worker, taskIds, values);
        return values;
      }
    } catch (error) {
      if (signal.aborted || !isGridError(error)) throw error;
      server.logger.warn({ worker: worker.about.address, code: error.code }, 'results could not be collected');
      return null;
    }
    await delay(BUSY_DELAY_MS, undefined, { signal });
  }
}

/** A holder that has no copy is none. */
function reportMissing(
  server: SchedulerContext,
  worker: WorkerRecord,
  asked: readonly number[],
  { taskIds }: Values,
): void {
  const given = new Set(Array.from(taskIds));
  for (const taskId of asked) {
    if (!given.has(taskId)) server.stimulate({ op: 'missing-data', worker, taskId, holderId: worker.id });
  }
}

class Collected {
  readonly #ids = new Set<number>();
  readonly #taskIds: number[] = [];
  readonly #keys: string[] = [];
  readonly #payloads: Values['payloads'][number][] = [];

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  add(values: Values | null): void {
    if (values === null) return;
    for (let row = 0; row < values.taskIds.length; row += 1) {
      const id = values.taskIds[row] as number;
      const payload = values.payloads[row];
      if (payload === undefined || this.#ids.has(id)) continue;
      this.#ids.add(id);
      this.#taskIds.push(id);
      this.#keys.push(values.keys.at(row));
      this.#payloads.push(payload);
    }
  }

  toValues(): Values {
    return { taskIds: this.#taskIds, keys: textColumn(this.#keys), payloads: this.#payloads };
  }
}
