import { ByteSink, type MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import type { TaskRecord } from '../../core/records.js';
import type { Arrival } from '../../core/scheduler-state.js';
import type { TypeNames } from '../type-names.js';

type KeysInMemory = MessageWith<'keys-in-memory'>;

/** A message of this size is large enough to pay for itself, and small enough to be taken in one turn. */
const BYTES_MAX = 1024 * 1024;
const ROW_BYTES = 24;

/** A batch of results that are there, with the encoded values of small ones. */
export class KeysInMemoryRun implements MessageRun {
  readonly op = 'keys-in-memory';
  readonly #typeNames: TypeNames;
  readonly #introduced: Set<number>;
  readonly #types: { readonly id: number; readonly name: string }[] = [];
  readonly #ids: number[] = [];
  readonly #sizes: number[] = [];
  readonly #typeIds: number[] = [];
  readonly #ends: number[] = [];
  readonly #block = new ByteSink(256);

  /** @param introduced - Types that the client has been told of; this adds to it. */
  constructor(typeNames: TypeNames, introduced: Set<number>) {
    this.#typeNames = typeNames;
    this.#introduced = introduced;
  }

  get byteLength(): number {
    return this.#block.length + this.#ids.length * ROW_BYTES;
  }

  get isFull(): boolean {
    return this.byteLength > BYTES_MAX;
  }

  add(id: number, task: TaskRecord, arrival: Arrival): void {
    const { typeId } = task;
    if (typeId >= 0 && !this.#introduced.has(typeId)) {
      this.#introduced.add(typeId);
      this.#types.push({ id: typeId, name: this.#typeNames.nameOf(typeId) });
    }
    this.#ids.push(id);
    this.#sizes.push(task.nbytes);
    // Number 0 is never introduced: it says that the type is not known.
    this.#typeIds.push(typeId < 0 ? 0 : typeId);
    if (arrival.inlineTask === task && arrival.inlineBlock !== null) {
      appendBytes(this.#block, arrival.inlineBlock, arrival.inlineStart, arrival.inlineEnd);
    }
    this.#ends.push(this.#block.length);
  }

  finish(): KeysInMemory {
    const block = this.#block;
    return {
      op: this.op,
      ids: this.#ids,
      sizes: this.#sizes,
      types: this.#types,
      typeIds: this.#typeIds,
      results: block.length === 0 ? null : { block: block.bytes.subarray(0, block.length), ends: this.#ends },
    };
  }
}

/** Above this, making a view costs less than a loop. */
const LOOP_MAX = 48;

/** Appends a part of `from` to a sink. */
export function appendBytes(sink: ByteSink, from: Uint8Array, start: number, end: number): void {
  const size = end - start;
  sink.reserve(size);
  const { bytes } = sink;
  let at = sink.length;
  if (size > LOOP_MAX) bytes.set(from.subarray(start, end), at);
  else for (let position = start; position < end; position += 1) bytes[at++] = from[position] as number;
  sink.length += size;
}
