import type { CallableValue } from '../values/callable-value.js';
import type { Writer } from '../values/writer.js';
import type { CaptureControl } from './capture-control.js';
import type { ReadFunction } from './read-function.js';
import type { CaptureRules } from './capture-rules.js';
import type { CaptureTools } from './capture-tools.js';
import type { CaptureVariables } from './capture-variables.js';
import type { FileKind } from './file-kinds.js';
import type { InspectedFunction } from './inspect-function.js';
import type { Reference } from './references.js';
import type { Binding } from './resolve-names.js';

/** What capturing a function or class needs of the capture that it is part of. */
export interface CaptureContext {
  readonly tools: CaptureTools;
  readonly writer: Writer;
  readonly control: CaptureControl;
  readonly variables: CaptureVariables;
  /** By what the function is captured that is being written. */
  readonly rules: CaptureRules;

  /** Some function has been captured before: the next one is a helper. */
  readonly isInside: boolean;

  /** What the runtime knows of a function. */
  inspect(fn: CallableValue): InspectedFunction;

  /** Whose code a function is; asking for it may read the list of scripts. */
  kindOf(inspected: InspectedFunction): FileKind | undefined;

  /** How a function that lies in a package or in Node travels; refuses those that nobody can get at from outside. */
  referenceByPlace(fn: CallableValue, kind: FileKind | undefined): Reference | undefined;

  /** Writes what stands for something that each process loads for itself. */
  writeReference(reference: Reference): void;

  /** Finds what the free names of a function stand for. */
  bindingsOf(read: ReadFunction): Binding[];

  /** Writes what belongs to the function being written: here, or behind the whole value if this lies deep. */
  writeRest(depth: number, write: (depth: number) => void): void;

  /** Number of the identity of a class among those of this value. */
  addClassId(owner: CallableValue): number;
}
