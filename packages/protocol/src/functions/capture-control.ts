import type { CallableValue } from '../values/callable-value.js';
import type { CodeSection, UnitRecord } from './code-section.js';
import type { SectionUnit } from './unit-builder.js';

/** All code of a value. */
export interface CapturedCode {
  readonly section: CodeSection;
  readonly units: readonly UnitRecord[];
  readonly builders: readonly SectionUnit[];
}

/** What a capture may do, and what it noticed. */
export interface CaptureControl {
  /** The submitted function may assign to captured variables. */
  readonly allowWrites: boolean;
  /** Find out whether captured variables can change, at the cost of reading the script. */
  readonly learnConstants: boolean;
  /** Becomes false where capturing the same function again could give something else. */
  repeatable: boolean;
  /** Becomes true where a function assigns to a variable that it captures. */
  assigns: boolean;
  /** Hash of a class's content; missing while that itself is found out. */
  readonly contentOf: ((owner: CallableValue) => string) | undefined;
  /** What stands in the value for its units; missing where these are part of it. */
  readonly hashesOf: ((units: readonly UnitRecord[]) => readonly string[]) | undefined;
  /** Called when all code of the value is known. */
  readonly onFinish: (code: CapturedCode) => void;
}
