import type { CodeReadSession, CodeWriteSession } from './code-session.js';
import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

/** Lets functions and classes stand in values. One per process; it has caches. */
export interface CodeEncoder {
  /** Starts the code of one value. Called at the first function or class instance met. */
  begin(writer: Writer): CodeWriteSession;
}

/** Lets functions and classes come out of values. What they refer to is loaded beforehand. */
export interface CodeDecoder {
  /**
   * Starts to read one value's code.
   * @param section - the code section
   */
  begin(reader: Reader, section: Uint8Array): CodeReadSession;
}
