import type { CodeDecoder, CodeEncoder } from './code-port.js';
import type { SerializerRegistry } from './serializers.js';

/** What an encoder may do besides plain data. */
export interface EncodeOptions {
  /**
   * Puts a number in place of a value: called for every object met, once each. A task's arguments name the tasks they
   * depend on in this way. `undefined` means that the value itself is to be sent.
   */
  readonly referenceOf?: ((value: object) => number | undefined) | undefined;
  /** Allows functions, classes and instances of classes. Without it a function is refused, with its path. */
  readonly code?: CodeEncoder | undefined;
  /** What to call the value in errors. @defaultValue 'value' */
  readonly rootName?: string | undefined;
  /** What a user can do instead of sending a future, where {@link EncodeOptions.referenceOf} takes none. */
  readonly futureFix?: string | undefined;
  /**
   * Gives the key of a future, or of an actor's handle, that may be sent as such; `undefined` for all others, which are
   * refused.
   */
  readonly keyOfFuture?: ((future: object) => string | undefined) | undefined;
  /** Serializers of classes. @defaultValue `defaultSerializers` */
  readonly serializers?: SerializerRegistry | undefined;
  /** Keeps accessors and hidden properties of plain objects, which costs time for each key. @defaultValue false */
  readonly exact?: boolean | undefined;
}

/** What a decoder may do besides plain data. */
export interface DecodeOptions {
  /** Gives the value that stands behind a number; see {@link EncodeOptions.referenceOf}. */
  readonly resolveReference?: ((index: number) => unknown) | undefined;
  /**
   * Makes the future of a key; with `actor`, a handle of the actor that it stands for. Without it bytes that hold one are
   * refused. Nobody has looked into `actor`.
   */
  readonly futureOf?: ((key: string, actor?: unknown) => object) | undefined;
  /** Allows functions and classes. Without it bytes that hold code are refused: decoding data never runs code. */
  readonly code?: CodeDecoder | undefined;
  /** Serializers of classes. @defaultValue `defaultSerializers` */
  readonly serializers?: SerializerRegistry | undefined;
}
