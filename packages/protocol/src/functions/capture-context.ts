import type { CallableValue } from '../values/callable-value.js';
import type { Writer } from '../values/writer.js';
import type { Analysis } from './analyze.js';
import type { CaptureControl } from './capture-control.js';
import type { CaptureTools } from './capture-tools.js';
import type { FileKind } from './file-kinds.js';
import type { InspectedFunction } from './inspect-function.js';
import type { Reference } from './references.js';
import type { Binding } from './resolve-names.js';
import type { UnitBuilder } from './unit-builder.js';

/** What capturing a class needs of the capture that it is part of. */
export interface CaptureContext {
  readonly tools: CaptureTools;
  readonly writer: Writer;
  readonly control: CaptureControl;

  /** Whose code a function is; asking for it may read the list of scripts. */
  kindOf(inspected: InspectedFunction): FileKind | undefined;

  /** How a function that lies in a package or in Node travels; refuses those that nobody can get at from outside. */
  referenceByPlace(fn: CallableValue, kind: FileKind | undefined): Reference | undefined;

  /** Writes what stands for something that each process loads for itself. */
  writeReference(reference: Reference): void;

  /** Finds what the free names of a function stand for. */
  bindingsOf(fn: CallableValue, analysis: Analysis, inspected: InspectedFunction): Binding[];

  /** Writes the values of what a function captures: its own variables, then those of its module that are new. */
  writeBindings(unit: UnitBuilder, bindings: readonly Binding[], depth: number): void;

  /** The unit of the script in which a function lies. */
  unitOf(inspected: InspectedFunction, kind: FileKind | undefined): UnitBuilder;

  /** Number of the identity of a class among those of this value. */
  addClassId(owner: CallableValue): number;
}
