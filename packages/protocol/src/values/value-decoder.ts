import { isGridError } from '@grid/common';
import { badValue } from './byte-source.js';
import type { CodeReadSession } from './code-session.js';
import type { DecodeOptions } from './encode-options.js';
import type { Payload } from './payload.js';
import { FLAG_CODE } from './tags.js';
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
      const flags = reader.source.byte();
      const session = flags === 0 ? undefined : this.#beginCode(flags, options);
      reader.begin(buffers, options, session);
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

  #beginCode(flags: number, options: DecodeOptions): CodeReadSession {
    if (flags !== FLAG_CODE) throw badValue('unknown flags');
    if (options.code === undefined) throw badValue('they hold code, and only data is accepted here');
    const { source } = this.#reader;
    const { section, valueEnd } = codeSectionOf(source.bytes, source.at - 1, source.end);
    source.end = valueEnd;
    return options.code.begin(this.#reader, section);
  }
}

/** Finds the code section of an encoded value that has one. */
export function codeSectionOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly section: Uint8Array; readonly valueEnd: number } {
  if (end - start < 6) throw badValue('they end too early');
  let offset = 0;
  for (let i = 0; i < 4; i++) offset += (bytes[end - 4 + i] as number) * 2 ** (8 * i);
  const valueEnd = start + offset;
  if (offset < 1 || valueEnd > end - 4) throw badValue('their code lies outside');
  return { section: bytes.subarray(valueEnd, end - 4), valueEnd };
}

/** Decodes one value with a decoder of its own; whoever decodes many makes a {@link ValueDecoder}. */
export function decodeValue(payload: Payload, options?: DecodeOptions): unknown {
  return new ValueDecoder().decode(payload, options);
}
