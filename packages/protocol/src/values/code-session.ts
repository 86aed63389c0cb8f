import type { CallableValue } from './callable-value.js';
import type { PathStep, Refusal } from './refusal.js';

/** Code of one value while that is written. */
export interface CodeWriteSession {
  /** Writes the definition of a function or class: everything behind its tag. The writer knows it by identity already. */
  writeFunction(fn: CallableValue, depth: number): void;
  /**
   * The class to write for an instance, or a refusal.
   * @param prototype - direct prototype of `value`
   */
  classOf(value: object, prototype: object): CallableValue;
  /** Writes an object that every process has of its own, such as `process.env`, by name; false for all others. */
  writeKnownObject(value: object): boolean;
  /** Which function is being written; kept for what is put off, and set when that is written. */
  place: unknown;
  /** The error for a refusal, if functions have to do with it. */
  explain(refusal: Refusal, root: string, path: readonly PathStep[]): Error | undefined;
  /**
   * Asked when all of the value is written: false if it was found out on the way that something written before has to be
   * written otherwise. The value is then written once more, with what {@link CodeWriteSession.again} gives.
   */
  isComplete(): boolean;
  /** The session for writing the same value once more, with the same writer, by one who knows what this one has found out. */
  again(): CodeWriteSession;
  /** Writes the code section behind the value. */
  finish(): void;
}

/** Code of one value while that is read. */
export interface CodeReadSession {
  /** Reads a definition, and gives what it defines the next number before anything inside it is read. */
  readCode(depth: number): unknown;
}
