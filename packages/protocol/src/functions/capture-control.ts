import type { CallableValue } from '../values/callable-value.js';
import type { CodeSection } from './code-section.js';
import type { UnitBuilder } from './unit-builder.js';

/** What a capture may do, and what it noticed. */
export interface CaptureControl {
  /** The submitted function may assign to captured variables. */
  readonly allowWrites: boolean;
  /** Find out whether captured variables can change, at the cost of reading the script. */
  readonly learnConstants: boolean;
  /** Becomes false where capturing the same function again could give something else. */
  repeatable: boolean;
  /** Hash of a class's content; missing while that itself is found out. */
  readonly contentOf: ((owner: CallableValue) => string) | undefined;
  /** Called when all code of the value is known. */
  readonly onFinish: (section: CodeSection, units: readonly UnitBuilder[]) => void;
}
