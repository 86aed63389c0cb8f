import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

/** A result to tell the scheduler of. */
export interface FinishedRow {
  readonly taskId: number;
  readonly runId: number;
  readonly nbytes: number;
  readonly typeId: number;
  /** Milliseconds on the scheduler's clock. */
  readonly start: number;
  readonly duration: number;
  /** The encoded result, if it is to go along. */
  readonly body: Uint8Array | null;
}

/** Results that are told of in one message. */
export class FinishedRun implements MessageRun {
  readonly op = 'tasks-finished';
  readonly #types: { id: number; name: string }[] = [];
  readonly #taskIds: number[] = [];
  readonly #runIds: number[] = [];
  readonly #sizes: number[] = [];
  readonly #typeIds: number[] = [];
  readonly #starts: number[] = [];
  readonly #durations: number[] = [];
  readonly #bodies: (Uint8Array | null)[] = [];
  #bodyBytes = 0;

  get byteLength(): number {
    return this.#taskIds.length * 48 + this.#bodyBytes;
  }

  /** Introduces a kind of result that the scheduler has not heard of. */
  addType(id: number, name: string): void {
    this.#types.push({ id, name });
  }

  add(row: FinishedRow): void {
    this.#taskIds.push(row.taskId);
    this.#runIds.push(row.runId);
    this.#sizes.push(row.nbytes);
    this.#typeIds.push(row.typeId);
    this.#starts.push(row.start);
    this.#durations.push(row.duration);
    this.#bodies.push(row.body);
    if (row.body !== null) this.#bodyBytes += row.body.length;
  }

  finish(): MessageWith<'tasks-finished'> {
    return {
      op: 'tasks-finished',
      types: this.#types,
      taskIds: this.#taskIds,
      runIds: this.#runIds,
      sizes: this.#sizes,
      typeIds: this.#typeIds,
      starts: this.#starts,
      durations: this.#durations,
      results: this.#bodyBytes === 0 ? null : this.#packResults(),
    };
  }

  #packResults(): { block: Uint8Array; ends: number[] } {
    const block = new Uint8Array(this.#bodyBytes);
    const ends: number[] = [];
    let position = 0;
    for (const body of this.#bodies) {
      if (body !== null) {
        block.set(body, position);
        position += body.length;
      }
      ends.push(position);
    }
    return { block, ends };
  }
}

/** Copies that are told of in one message. */
export class AddKeysRun implements MessageRun {
  readonly op = 'add-keys';
  readonly #taskIds: number[] = [];
  readonly #sizes: number[] = [];

  add(taskId: number, nbytes: number): void {
    this.#taskIds.push(taskId);
    this.#sizes.push(nbytes);
  }

  finish(): MessageWith<'add-keys'> {
    return { op: 'add-keys', taskIds: this.#taskIds, sizes: this.#sizes };
  }
}

/** Tasks that one message only names. */
export class IdsRun implements MessageRun {
  readonly #taskIds: number[] = [];

  constructor(readonly op: 'request-refresh-who-has' | 'release-worker-data') {}

  add(taskId: number): void {
    this.#taskIds.push(taskId);
  }

  finish(): { readonly op: 'request-refresh-who-has' | 'release-worker-data'; readonly taskIds: readonly number[] } {
    return { op: this.op, taskIds: this.#taskIds };
  }
}
