import { ByteSink } from './byte-sink.js';
import type { EncodeOptions } from './encode-options.js';
import type { Payload } from './payload.js';
import { Refusal, refusalError } from './refusal.js';
import { writeSection } from './sections.js';
import { FLAG } from './tags.js';
import { ValueWriter } from './value-writer.js';
import { blocksOf, writeMemorySection } from './write-memory.js';
import type { MemoryBlock } from './write-memory.js';

const NO_OPTIONS: EncodeOptions = {};
const NO_BLOCKS: readonly MemoryBlock[] = [];

/** Turns values into bytes. Keeps memory and tables from one value to the next, so make one and use it again. */
export class ValueEncoder {
  readonly #sink = new ByteSink(512);
  readonly #writer = new ValueWriter(this.#sink);
  #busy = false;

  /**
   * Encodes one value.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_UNSERIALIZABLE` where the value holds something that cannot travel;
   * `details.path` and the text say where
   */
  encode(value: unknown, options: EncodeOptions = NO_OPTIONS): Payload {
    // A serializer that uses the encoder which just called it gets one of its own.
    if (this.#busy) return new ValueEncoder().encode(value, options);
    const sink = this.#sink;
    sink.reset();
    const buffers = this.encodeInto(sink, value, options);
    return { body: sink.copy(), buffers };
  }

  /**
   * Appends a body to `sink`, for whoever packs many values into one block of bytes.
   * Where it throws, the sink is as before.
   * @returns the value's out-of-band buffers, mostly none
   * @throws {@link ProtocolError} as {@link ValueEncoder.encode}
   */
  encodeInto(sink: ByteSink, value: unknown, options: EncodeOptions = NO_OPTIONS): readonly Uint8Array[] {
    if (this.#busy) return new ValueEncoder().encodeInto(sink, value, options);
    const writer = this.#writer;
    const start = sink.length;
    this.#busy = true;
    try {
      this.#write(sink, value, options);
      this.#writeSections(sink, start);
      return writer.buffers.take();
    } catch (error) {
      sink.length = start;
      throw this.#explain(error, options.rootName ?? 'value');
    } finally {
      writer.end();
      this.#busy = false;
    }
  }

  #write(sink: ByteSink, value: unknown, options: EncodeOptions): void {
    const writer = this.#writer;
    const start = sink.length;
    writer.begin(sink, options);
    sink.byte(0);
    writer.writeRoot(value);
    const { session } = writer;
    if (session === undefined || session.isComplete()) return;
    writer.end();
    sink.length = start;
    writer.begin(sink, options, session);
    sink.byte(0);
    writer.writeRoot(value);
  }

  #writeSections(sink: ByteSink, start: number): void {
    const { session, buffers, packages, hasFutures } = this.#writer;
    const memories = buffers.memories();
    const blocks = memories.length === 0 ? NO_BLOCKS : blocksOf(memories);
    let flags: number = hasFutures ? FLAG.futures : 0;
    if (blocks.length > 0) {
      flags |= FLAG.memory;
      writeSection(sink, start, () => writeMemorySection(this.#writer, blocks));
    }
    if (!packages.isEmpty) {
      flags |= FLAG.packages;
      writeSection(sink, start, () => sink.append(new ValueEncoder().encode(packages.entries()).body));
    }
    if (session !== undefined) {
      flags |= FLAG.code;
      writeSection(sink, start, () => session.finish());
    }
    if (flags !== 0) sink.bytes[start] = flags;
  }

  #explain(error: unknown, root: string): unknown {
    if (error instanceof Refusal) {
      const path = this.#writer.currentPath();
      return this.#writer.session?.explain(error, root, path) ?? refusalError(error, root, path);
    }
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      const deep = new Refusal(
        'DEEP',
        'there is no stack left to walk through it',
        'flatten it, or send it in parts',
        error,
      );
      return refusalError(deep, root, []);
    }
    return error;
  }
}

/** Encodes one value with an encoder of its own; whoever encodes many makes a {@link ValueEncoder}. */
export function encodeValue(value: unknown, options?: EncodeOptions): Payload {
  return new ValueEncoder().encode(value, options);
}
