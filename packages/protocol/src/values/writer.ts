import type { BufferTable } from './buffer-table.js';
import type { ByteSink } from './byte-sink.js';
import type { CallableValue } from './callable-value.js';
import type { CodeWriteSession } from './code-session.js';
import type { PathStep, Refusal } from './refusal.js';
import type { SerializerRegistry } from './serializers.js';
import type { ShapeTable } from './shapes.js';
import type { UsedPackages } from './used-packages.js';

/** Containers that stay empty where they lie too deep, and are filled behind the value. */
export type ContainerKind = 'array' | 'object' | 'map' | 'set';

/** What the form of a single value depends on, out of all the options of an encoder. */
export interface WriteOptions {
  /** Keeps accessors and hidden properties of plain objects. @defaultValue false */
  readonly exact?: boolean | undefined;
  /** What a user can do instead of sending a future. */
  readonly futureFix?: string | undefined;
  /** Gives the key of a future that may be sent as such. */
  readonly keyOfFuture?: ((future: object) => string | undefined) | undefined;
  /** Present where functions and classes may travel. */
  readonly code?: object | undefined;
}

/** What those who write single kinds of values know of the one that goes through the whole value. */
export interface Writer {
  readonly sink: ByteSink;
  readonly shapes: ShapeTable;
  readonly buffers: BufferTable;
  readonly options: WriteOptions;
  readonly serializers: SerializerRegistry;
  /** Where the writer is: one step for each depth. Whoever writes a child sets the step at its own depth first. */
  readonly path: PathStep[];

  /** Objects that are just being written as what their serializers made of them. */
  readonly inSerializer: Set<object>;

  /** Optional packages of which the value holds something, which the other side has to load. */
  readonly packages: UsedPackages;

  /** Notes that the value holds a future. */
  noteFuture(): void;

  /** Appends a value with its tag. `depth` is how deep it lies. */
  write(value: unknown, depth: number): void;

  /** Notes how deep the value is that is now refused. */
  atDepth(depth: number): void;

  /** Gives an object the next number, by which later occurrences refer to it. */
  remember(value: object): void;

  /** Puts a container's content off if it lies too deep to be written here. Its tag is written then. */
  putOff(value: object, kind: ContainerKind, depth: number): boolean;

  /** Whether what belongs to a value is to be put off, since it lies too deep to be written here. */
  isDeep(depth: number): boolean;

  /**
   * Puts off the rest of a value that lies at `depth`: it is written behind the whole value, as if it were not deep at all.
   * The other side has to know that it comes later.
   */
  later(depth: number, write: () => void): void;

  /** How deep a place is in the whole value, whatever was put off on the way. */
  wholeDepth(depth: number): number;

  /** Writes a function or class, where the options allow that. */
  writeCode(fn: CallableValue, depth: number): void;

  /** Writes a definition for something that stands for `value`, unless that was written before. */
  writeDefinition(value: object, define: () => void): void;

  /** The code of this value, started when first needed. */
  codeSession(refusal: () => Refusal): CodeWriteSession;
}
