import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

import { ProtocolError } from '../errors.js';
import { allDefinitions, type Message } from '../messages/all-messages.js';
import type { MessageDefinition } from '../messages/define-message.js';
import type { Field } from '../messages/fields.js';
import { checkStructure } from './check-structure.js';
import { SEGMENT_BYTES_MIN, TRUSTED_LIMITS, type WireLimits } from './limits.js';

/**
 * A header and the segments that travel beside it.
 *
 * The header is one MessagePack array of messages, each `[code, requestId, ...fields]`. Byte strings of
 * {@link SEGMENT_BYTES_MIN} and more are not in it: extension {@link SEGMENT} stands for "segment number n".
 */
export type MessageFrames = readonly Uint8Array[];

/** Extension types; all numbers in them are little-endian. */
export const SEGMENT = 1;
export const UINT32_COLUMN = 2;
export const FLOAT64_COLUMN = 3;

/** A message on its way, with the number that ties a reply to its request; 0 for none. */
export interface Envelope {
  readonly message: Message;
  readonly requestId: number;
}

interface CompiledDefinition {
  readonly definition: MessageDefinition;
  readonly names: readonly string[];
  readonly fields: readonly Field<unknown>[];
  /** Fields that have something to verify. */
  readonly verified: readonly { readonly name: string; readonly field: Field<unknown> }[];
}

/** Bytes that must outlive the header they came in get memory of their own. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}

/** Turns messages into frames and back. One per connection or process; not reentrant. */
export class MessageCodec {
  readonly #byOp = new Map<string, CompiledDefinition>();
  readonly #byCode = new Map<number, CompiledDefinition>();
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;
  #outgoing: Uint8Array[] = [];
  #incoming: MessageFrames = [];

  constructor() {
    for (const definition of allDefinitions) {
      const compiled = {
        definition,
        names: Object.keys(definition.fields),
        fields: Object.values<Field<unknown>>(definition.fields),
        verified: Object.entries<Field<unknown>>(definition.fields)
          .map(([name, field]) => ({ name, field }))
          .filter(({ field }) => field.verify !== undefined),
      };
      this.#byOp.set(definition.op, compiled);
      this.#byCode.set(definition.code, compiled);
    }
    const extensionCodec = this.#createExtensions();
    this.#encoder = new Encoder({ extensionCodec, initialBufferSize: 64 * 1024, ignoreUndefined: false });
    this.#decoder = new Decoder({ extensionCodec });
  }

  /**
   * Finds what the other side would refuse, so that whoever makes a mistake hears of it: a refused message ends the
   * connection for everybody who uses it.
   *
   * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_MESSAGE`, `GRID_PROTOCOL_UNKNOWN_MESSAGE`.
   */
  verify(message: Message): void {
    const compiled = this.#byOp.get(message.op);
    if (compiled === undefined) throw unknownMessage(message.op);
    for (const { name, field } of compiled.verified) {
      field.verify?.((message as unknown as Record<string, unknown>)[name], name);
    }
  }

  /** Encodes messages into one frame set. Large byte strings are not copied: leave them alone until they are sent. */
  encode(envelopes: readonly Envelope[]): MessageFrames {
    this.#outgoing = [];
    const rows = envelopes.map(({ message, requestId }) => this.#pack(message, requestId));
    const header = this.#encoder.encode(rows);
    const frames = [header, ...this.#outgoing];
    this.#outgoing = [];
    return frames;
  }

  /**
   * Decodes a frame set and hands out its messages in order, each checked against its definition.
   *
   * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_MESSAGE`, `GRID_PROTOCOL_UNKNOWN_MESSAGE`.
   */
  decode(frames: MessageFrames, limits: WireLimits = TRUSTED_LIMITS): Envelope[] {
    const header = frames[0];
    if (header === undefined) throw badMessage('a frame set is empty');
    checkStructure(header, limits);
    this.#incoming = frames;
    try {
      const rows = this.#decoder.decode(header);
      if (!Array.isArray(rows) || rows.length > limits.messagesMax)
        throw badMessage('a header is not a list of messages');
      return rows.map((row) => this.#unpack(row));
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError('GRID_PROTOCOL_BAD_MESSAGE', 'a header cannot be decoded', { cause: error });
    } finally {
      this.#incoming = [];
    }
  }

  #pack(message: Message, requestId: number): unknown[] {
    const compiled = this.#byOp.get(message.op);
    if (compiled === undefined) throw unknownMessage(message.op);
    const { names, fields } = compiled;
    const row: unknown[] = [compiled.definition.code, requestId];
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index] as Field<unknown>;
      const value = (message as unknown as Record<string, unknown>)[names[index] as string];
      row.push(field.pack === undefined ? value : field.pack(value));
    }
    return row;
  }

  #unpack(row: unknown): Envelope {
    if (!Array.isArray(row)) throw badMessage('a message is not an array');
    const [code, requestId] = row as unknown[];
    const compiled = typeof code === 'number' ? this.#byCode.get(code) : undefined;
    if (compiled === undefined) throw unknownMessage(code);
    if (typeof requestId !== 'number' || !Number.isSafeInteger(requestId) || requestId < 0) {
      throw badMessage(`'${compiled.definition.op}' has no request id`);
    }
    const { names, fields, definition } = compiled;
    const message: Record<string, unknown> = { op: definition.op };
    for (let index = 0; index < fields.length; index += 1) {
      const name = names[index] as string;
      message[name] = (fields[index] as Field<unknown>).check((row as unknown[])[index + 2], name);
    }
    // The definition's fields have just been checked one by one, which is what the union promises.
    return { message: message as unknown as Message, requestId };
  }

  #createExtensions(): ExtensionCodec {
    const extensions = new ExtensionCodec();
    extensions.register({
      type: SEGMENT,
      encode: (value) => {
        if (!(value instanceof Uint8Array) || value.length < SEGMENT_BYTES_MIN) return null;
        this.#outgoing.push(value);
        return numberBytes(this.#outgoing.length);
      },
      decode: (data) => {
        const segment = data.length === 4 ? this.#incoming[readNumber(data)] : undefined;
        if (segment === undefined || readNumber(data) === 0) throw badMessage('a segment is missing');
        return segment;
      },
    });
    extensions.register({
      type: UINT32_COLUMN,
      encode: (value) =>
        value instanceof Uint32Array ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
      decode: (data) => {
        if (data.length % 4 !== 0) throw badMessage('a column is cut off');
        return new Uint32Array(ownCopy(data).buffer);
      },
    });
    extensions.register({
      type: FLOAT64_COLUMN,
      encode: (value) =>
        value instanceof Float64Array ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
      decode: (data) => {
        if (data.length % 8 !== 0) throw badMessage('a column is cut off');
        return new Float64Array(ownCopy(data).buffer);
      },
    });
    return extensions;
  }
}

function numberBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function readNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

function badMessage(problem: string): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_BAD_MESSAGE', problem);
}

function unknownMessage(word: unknown): ProtocolError {
  return new ProtocolError(
    'GRID_PROTOCOL_UNKNOWN_MESSAGE',
    `'${String(word)}' is not a message of this protocol version`,
    {
      details: { message: typeof word === 'string' || typeof word === 'number' ? word : null },
    },
  );
}
