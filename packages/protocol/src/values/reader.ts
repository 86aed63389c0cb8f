import type { ByteSource } from './byte-source.js';
import type { CallableValue } from './callable-value.js';
import type { ReceivedBuffers } from './received-buffers.js';
import type { ReceivedShapes } from './received-shapes.js';
import type { SerializerRegistry } from './serializers.js';

/** What those who read single kinds of values know of the one that goes through the whole value. */
export interface Reader {
  readonly source: ByteSource;
  readonly shapes: ReceivedShapes;
  readonly buffers: ReceivedBuffers;
  readonly serializers: SerializerRegistry;

  /** Reads a value, whose tag comes next. `depth` is how deep it lies. */
  read(depth: number): unknown;

  /**
   * Reads an array or an object of the language that is defined here and nowhere else, so that whoever reads it may
   * change it: a reference to anything that exists already is refused.
   */
  readNew(depth: number): object;

  /** Reads what must be a string. */
  readString(): string;

  /** Reads what must be a function or class. */
  readCallable(depth: number): CallableValue;

  /** Reads the rest of a value behind the whole value: the writer put it off. */
  later(read: () => void): void;

  /** Gives an object the next number, as the writer did. */
  remember<T>(value: T): T;

  /** Takes the next number for an object that does not exist yet. */
  reserveNumber(): number;

  /** Gives a number taken before to its object. */
  fulfil<T>(index: number, value: T): T;
}
