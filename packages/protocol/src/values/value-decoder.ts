import { isGridError } from '@grid/common';
import { badValue } from './byte-source.js';
import type { DecodeOptions } from './encode-options.js';
import type { Payload } from './payload.js';
import { readMemorySection } from './read-memory.js';
import { findSections } from './sections.js';
import { ValueReader } from './value-reader.js';

const NO_OPTIONS: DecodeOptions = {};
const NO_BUFFERS: readonly Uint8Array[] = [];

/** Turns bytes back into values. Keeps its tables from one value to the next, so make one and use it again. */
export class ValueDecoder {
  readonly #reader = new ValueReader();
  #busy = false;

  /**
   * Decodes one value. Typed arrays are views of the payload's buffers where those are aligned.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_VALUE` for bytes that are no value, whatever they hold;
   * `GRID_PROTOCOL_DESERIALIZE` where the deserializer of a class fails
   */
  decode(payload: Payload, options: DecodeOptions = NO_OPTIONS): unknown {
    return this.decodeAt(payload.body, 0, payload.body.length, payload.buffers, options);
  }

  /**
   * Decodes one value out of a block that holds many: the counterpart of `ValueEncoder.encodeInto`.
   * @throws {@link ProtocolError} as {@link ValueDecoder.decode}
   */
  // eslint-disable-next-line @typescript-eslint/max-params -- an object for each of thousands of tiny values would cost more than decoding them
  decodeAt(
    bytes: Uint8Array,
    start: number,
    end: number,
    buffers: readonly Uint8Array[] = NO_BUFFERS,
    options: DecodeOptions = NO_OPTIONS,
  ): unknown {
    // A deserializer that uses the decoder which just called it gets one of its own.
    if (this.#busy) return new ValueDecoder().decodeAt(bytes, start, end, buffers, options);
    const reader = this.#reader;
    this.#busy = true;
    try {
      reader.source.open(bytes, start, end);
      reader.begin(buffers, options);
      if (reader.source.byte() !== 0) this.#openSections(options);
      const value = reader.readRoot();
      if (reader.source.at !== reader.source.end) throw badValue('something follows it');
      return value;
    } catch (error) {
      throw isGridError(error) ? error : badValue('it cannot be built', error);
    } finally {
      reader.end();
      this.#busy = false;
    }
  }

  #openSections(options: DecodeOptions): void {
    const reader = this.#reader;
    const { source } = reader;
    const { valueEnd, code, memory } = findSections(source.bytes, source.at - 1, source.end);
    source.end = valueEnd;
    if (memory !== undefined) reader.buffers.setSection(readMemorySection(memory, reader.buffers));
    if (code === undefined) return;
    if (options.code === undefined) throw badValue('they hold code, and only data is accepted here');
    reader.session = options.code.begin(reader, code);
  }
}

/** Decodes one value with a decoder of its own; whoever decodes many makes a {@link ValueDecoder}. */
export function decodeValue(payload: Payload, options?: DecodeOptions): unknown {
  return new ValueDecoder().decode(payload, options);
}
