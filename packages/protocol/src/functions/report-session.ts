import type { CallableValue } from '../values/callable-value.js';
import type { CodeWriteSession } from '../values/code-session.js';
import { pathText } from '../values/refusal.js';
import type { PathStep, Refusal } from '../values/refusal.js';
import type { ContainerKind, Writer } from '../values/writer.js';
import type { ReadFunction } from './read-function.js';
import { CaptureSession } from './capture-session.js';
import type { CaptureParts } from './capture-session.js';
import { stepName } from './capture-trail.js';
import type { PlaceFinder } from './place-finder.js';
import { KNOWN_GLOBALS } from './known-globals.js';
import { referenceLabel } from './references.js';
import type { Reference } from './references.js';
import type { ReportBuilder } from './report-builder.js';
import type { Binding } from './resolve-names.js';

/** A capture that tells a {@link ReportBuilder} of everything that it writes. */
export class ReportSession extends CaptureSession {
  readonly #report: ReportBuilder;
  readonly #path: readonly PathStep[];
  readonly #places: PlaceFinder;

  constructor(parts: CaptureParts & { readonly report: ReportBuilder }, writer: Writer) {
    super(parts, new ReportingWriter(writer, parts.report));
    this.#report = parts.report;
    this.#path = writer.path;
    this.#places = parts.places;
  }

  override writeFunction(fn: CallableValue, depth: number): void {
    const name = pathText('', this.#path.slice(this.#report.current.depth, depth));
    this.#report.code(fn, { name, depth }, () => {
      const global = this.tools.globalNameOf(fn);
      if (global === undefined) this.#report.isAt(this.#places.placeOf(fn));
      else this.#report.known(fn, global, 'global');
      super.writeFunction(fn, depth);
    });
  }

  override writeKnownObject(value: object): boolean {
    if (!super.writeKnownObject(value)) return false;
    const name = this.tools.globalNameOf(value);
    const reference = name === undefined ? this.tools.knownReference(value) : undefined;
    if (name !== undefined) this.#report.known(value, name, 'global');
    else if (reference !== undefined) this.#report.known(value, referenceLabel(reference), 'reference', reference);
    return true;
  }

  override writeReference(reference: Reference): void {
    this.#report.isReference(reference);
    super.writeReference(reference);
  }

  override bindingsOf(read: ReadFunction): Binding[] {
    const bindings = super.bindingsOf(read);
    const bound = new Set(bindings.map(({ name }) => name));
    const free = [...read.analysis.names.keys()].filter((name) => !bound.has(name) && KNOWN_GLOBALS.has(name));
    this.#report.uses({ variables: bindings, globals: free, textBytes: Buffer.byteLength(read.text) });
    return bindings;
  }

  /** Nothing of this is sent, so that variables are shared need not be known. */
  override isComplete(): boolean {
    return true;
  }
}

/** Passes everything on, and tells of what one function or class writes of its variables, properties and superclass. */
class ReportingWriter implements Writer {
  readonly #writer: Writer;
  readonly #report: ReportBuilder;

  constructor(writer: Writer, report: ReportBuilder) {
    this.#writer = writer;
    this.#report = report;
  }

  get sink(): Writer['sink'] {
    return this.#writer.sink;
  }

  get shapes(): Writer['shapes'] {
    return this.#writer.shapes;
  }

  get buffers(): Writer['buffers'] {
    return this.#writer.buffers;
  }

  get options(): Writer['options'] {
    return this.#writer.options;
  }

  get serializers(): Writer['serializers'] {
    return this.#writer.serializers;
  }

  get inSerializer(): Writer['inSerializer'] {
    return this.#writer.inSerializer;
  }

  get packages(): Writer['packages'] {
    return this.#writer.packages;
  }

  get path(): PathStep[] {
    return this.#writer.path;
  }

  noteFuture(): void {
    this.#writer.noteFuture();
  }

  write(value: unknown, depth: number): void {
    this.#report.child(this.#nameAt(depth - 1), depth, value, () => this.#writer.write(value, depth));
  }

  writeCode(fn: CallableValue, depth: number): void {
    this.#report.child(this.#nameAt(depth - 1), depth, fn, () => this.#writer.writeCode(fn, depth));
  }

  writeDefinition(value: object, define: () => void): void {
    const { depth, isCode } = this.#report.current;
    // A variable of the function at hand; anything else is an object inside of data that every process has.
    if (!isCode) return this.#writer.writeDefinition(value, define);
    this.#report.child(this.#nameAt(depth), depth + 1, value, () => this.#writer.writeDefinition(value, define));
  }

  atDepth(depth: number): void {
    this.#writer.atDepth(depth);
  }

  remember(value: object): void {
    this.#writer.remember(value);
  }

  putOff(value: object, kind: ContainerKind, depth: number): boolean {
    return this.#writer.putOff(value, kind, depth);
  }

  isDeep(depth: number): boolean {
    return this.#writer.isDeep(depth);
  }

  later(depth: number, write: () => void): void {
    this.#writer.later(depth, write);
  }

  wholeDepth(depth: number): number {
    return this.#writer.wholeDepth(depth);
  }

  codeSession(refusal: () => Refusal): CodeWriteSession {
    return this.#writer.codeSession(refusal);
  }

  #nameAt(depth: number): string {
    const step = this.#writer.path[depth];
    return step === undefined ? '' : stepName(step);
  }
}
