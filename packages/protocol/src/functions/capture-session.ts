import { types } from 'node:util';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeWriteSession } from '../values/code-session.js';
import { isNative } from '../values/object-kinds.js';
import { pathText, Refusal } from '../values/refusal.js';
import type { PathStep } from '../values/refusal.js';
import { writeString } from '../values/strings.js';
import type { Writer } from '../values/writer.js';
import { toldAsBundled } from './bundled-packages.js';
import { CaptureClasses } from './capture-classes.js';
import { CaptureClosures } from './capture-closures.js';
import type { ReadFunction } from './read-function.js';
import type { CaptureContext } from './capture-context.js';
import { BundleUnit } from './bundle-unit.js';
import type { CaptureControl } from './capture-control.js';
import { bindGiven, PLAIN_RULES, rulesOf } from './capture-rules.js';
import type { CaptureRules } from './capture-rules.js';
import type { CaptureTools } from './capture-tools.js';
import { captureError } from './capture-trail.js';
import type { CaptureFrame } from './capture-trail.js';
import { CaptureVariables } from './capture-variables.js';
import { CODE, encodeSection } from './code-section.js';
import type { CodeSection } from './code-section.js';
import type { FileKind } from './file-kinds.js';
import { importReference } from './import-reference.js';
import type { InspectedFunction } from './inspect-function.js';
import type { PlaceFinder } from './place-finder.js';
import { referenceIdentity } from './references.js';
import type { Reference } from './references.js';
import { onlyNeeded, resolveNames } from './resolve-names.js';
import type { Binding } from './resolve-names.js';
import { SharedVariables } from './shared-variables.js';
import { taskDescriptionOf } from './task-description.js';
import type { ModuleTask } from './task-description.js';

/** What a session works with. */
export interface CaptureParts {
  readonly tools: CaptureTools;
  readonly control: CaptureControl;
  readonly places: PlaceFinder;
}

/** The functions and classes of one value while that is written. */
export class CaptureSession implements CaptureContext, CodeWriteSession {
  readonly tools: CaptureTools;
  readonly writer: Writer;
  readonly control: CaptureControl;
  readonly variables: CaptureVariables;
  readonly #parts: CaptureParts;
  readonly #shared: SharedVariables;
  readonly #references = new Map<string, { readonly index: number; readonly reference: Reference }>();
  readonly #classIds: string[] = [];
  readonly #inspected = new Map<CallableValue, InspectedFunction>();
  /** Numbers of the units that are bundles, by hash. */
  readonly #bundles = new Map<string, number>();
  readonly #classes = new CaptureClasses(this);
  readonly #closures = new CaptureClosures(this);
  #functions = 0;
  #frame: CaptureFrame | undefined;

  constructor(parts: CaptureParts, writer: Writer, shared = new SharedVariables()) {
    this.tools = parts.tools;
    this.control = parts.control;
    this.writer = writer;
    this.#parts = parts;
    this.#shared = shared;
    this.variables = new CaptureVariables(parts.tools, writer, {
      shared,
      writeReference: (reference) => this.writeReference(reference),
    });
  }

  get isInside(): boolean {
    return this.#functions > 0;
  }

  get rules(): CaptureRules {
    return this.#frame?.rules ?? PLAIN_RULES;
  }

  get place(): unknown {
    return this.#frame;
  }

  set place(place: unknown) {
    // It is what the getter gave.
    this.#frame = place as CaptureFrame | undefined;
  }

  isComplete(): boolean {
    return this.#shared.findUnknown().size === 0;
  }

  again(): CaptureSession {
    return new CaptureSession(this.#parts, this.writer, this.#shared.again());
  }

  writeFunction(fn: CallableValue, depth: number): void {
    const around = this.#frame;
    const { rules } = this;
    const description = taskDescriptionOf(fn);
    const place = { name: description?.name, depth: this.writer.wholeDepth(depth), around };
    if (description?.kind === 'function') {
      this.#frame = { ...place, fn: description.fn, rules: rulesOf(description, rules) };
      this.tools.lookInto(description.byValue);
      this.#write(description.fn, depth);
    } else {
      this.#frame = { ...place, fn, rules };
      if (description === undefined) this.#write(fn, depth);
      else if (description.kind === 'import') this.writeReference(importReference(description));
      else this.#writeModule(description);
    }
    // Not where it throws: the error is explained by where the capture stood.
    this.#frame = around;
  }

  classOf(value: object, prototype: object): CallableValue {
    this.control.repeatable = false;
    return this.#classes.classOf(value, prototype);
  }

  writeKnownObject(value: object): boolean {
    const name = this.tools.globalNameOf(value);
    const reference = name === undefined ? this.tools.knownReference(value) : undefined;
    if (name === undefined && reference === undefined) return false;
    this.writer.writeDefinition(value, () => {
      if (name !== undefined) this.#writeGlobal(name);
      else if (reference !== undefined) this.writeReference(reference);
    });
    return true;
  }

  explain(refusal: Refusal, root: string, path: readonly PathStep[]): Error | undefined {
    const frames = framesOf(this.#frame);
    const [first] = frames;
    if (first === undefined) return undefined;
    const { places } = this.#parts;
    const told = toldAsBundled(refusal, frames.map(({ fn }) => fn).reverse(), places);
    // A function inside of other data: the trail begins where that data does.
    const outer = path.slice(0, first.depth);
    const error = captureError(told, frames, path, (fn) => places.placeOf(fn));
    if (outer.length === 0) return error;
    return Object.assign(error, { message: `cannot serialise ${pathText(root, outer)}: ${error.message}` });
  }

  finish(): void {
    const builders = this.variables.units;
    const units = builders.map((unit) => unit.build());
    const section: CodeSection = {
      units: this.control.hashesOf?.(units) ?? units,
      references: [...this.#references.values()].map(({ reference }) => reference),
      classIds: this.#classIds,
    };
    this.control.onFinish({ section, units, builders });
    this.writer.sink.append(encodeSection(this.tools.sectionEncoder, section));
  }

  inspect(fn: CallableValue): InspectedFunction {
    let inspected = this.#inspected.get(fn);
    if (inspected === undefined) {
      // Where captures are given, little of it is needed.
      const { captures } = this.rules;
      inspected = captures === undefined ? this.tools.inspect(fn) : this.tools.inspectIfPermitted(fn);
      this.#inspected.set(fn, inspected);
    }
    return inspected;
  }

  kindOf({ location }: InspectedFunction): FileKind | undefined {
    const kind = location === undefined ? undefined : this.tools.scripts.get(location.scriptId)?.kind;
    // Sent by value, a package is as good as the user's own code.
    if (kind?.type === 'package' && this.rules.byValue.has(kind.info.name)) return { type: 'user', file: kind.file };
    return kind;
  }

  writeRest(depth: number, write: (depth: number) => void): void {
    if (!this.writer.isDeep(depth)) return write(depth);
    this.writer.later(depth, () => write(0));
  }

  addClassId(owner: CallableValue): number {
    const { contentOf } = this.control;
    if (contentOf === undefined) return 0;
    return this.#classIds.push(this.tools.identities.idOf(owner, contentOf)) - 1;
  }

  bindingsOf(read: ReadFunction): Binding[] {
    const readScript = this.#functions++ > 0;
    const { captures, byValue } = this.rules;
    const bindings =
      captures === undefined
        ? resolveNames(this.tools, { ...read, readScript, byValue })
        : bindGiven(read.fn, read.analysis, this.rules);
    if (bindings.some(({ writes }) => writes)) this.control.assigns = true;
    if (captures === undefined) this.#judgeRepeatable(read, bindings);
    // Whoever gave them may change what is in them.
    else if (bindings.length > 0) this.control.repeatable = false;
    return bindings;
  }

  writeReference(reference: Reference): void {
    this.writer.sink.byte(CODE.reference);
    const key = referenceIdentity(reference);
    let entry = this.#references.get(key);
    if (entry === undefined) {
      entry = { index: this.#references.size, reference };
      this.#references.set(key, entry);
    }
    this.writer.sink.varint(entry.index);
  }

  referenceByPlace(fn: CallableValue, kind: FileKind | undefined): Reference | undefined {
    if (kind?.type === 'node') throw nativeRefusal();
    if (kind?.type !== 'package') return undefined;
    const module = this.inspect(fn).scopes.find((scope) => scope.kind === 'module');
    const reference = this.tools.packages.fromFile(fn, kind, module?.variables);
    if (reference !== undefined) return reference;
    throw new Refusal(
      'PKGLOCAL',
      `it was made inside package '${kind.info.name}', which does not export it`,
      'make it inside the function, or in a helper function that keeps it: `let made; const get = () => (made ??= …)`; ' +
        `plain functions of a package go along with task(fn, { byValue: ['${kind.info.name}'] }); ` +
        'of a bundled program, mark the packages as external',
    );
  }

  #write(fn: CallableValue, depth: number): void {
    if (types.isProxy(fn)) throw new Refusal('PROXY', 'it is a Proxy of a function', 'send the function behind it');
    const name = this.tools.globalNameOf(fn);
    if (name !== undefined) return this.#writeGlobal(name);
    const reference = this.tools.knownReference(fn);
    if (reference !== undefined && !this.rules.byValue.has(reference.pkg)) return this.writeReference(reference);
    const inspected = this.inspect(fn);
    if (inspected.bound !== undefined) return this.#writeBound(inspected.bound, depth);
    if (isNative(fn)) return this.#writeNative(fn);
    const text = Function.prototype.toString.call(fn);
    const analysis = this.tools.analyzer.analyze(text);
    if (analysis.kind === 'class') this.#classes.write({ fn, text, analysis, inspected }, depth);
    else this.#closures.write({ fn, text, analysis, inspected }, depth);
  }

  #writeModule({ bundle, exportName }: ModuleTask): void {
    const known = this.#bundles.get(bundle.hash);
    const index = known ?? this.variables.units.push(new BundleUnit(bundle)) - 1;
    this.#bundles.set(bundle.hash, index);
    const { sink } = this.writer;
    sink.byte(CODE.module);
    sink.varint(index);
    writeString(sink, exportName);
  }

  #writeNative(fn: CallableValue): void {
    const name = this.tools.foreignGlobalNameOf(fn);
    if (name === undefined) throw nativeRefusal();
    this.#writeGlobal(name);
  }

  #writeBound({ target, self, args }: NonNullable<InspectedFunction['bound']>, depth: number): void {
    const { writer } = this;
    this.control.repeatable = false;
    writer.sink.byte(CODE.bound);
    writer.path[depth] = { text: 'bound function' };
    writer.writeCode(target, depth + 1);
    writer.path[depth] = { text: "bound 'this'" };
    writer.write(self, depth + 1);
    writer.path[depth] = { text: 'bound arguments' };
    writer.write(args, depth + 1);
  }

  #writeGlobal(name: string): void {
    this.writer.sink.byte(CODE.global);
    writeString(this.writer.sink, name);
  }

  #judgeRepeatable(read: ReadFunction, bindings: readonly Binding[]): void {
    const { fn, inspected } = read;
    if (bindings.length === 0) return this.tools.keep(fn, onlyNeeded(inspected, []));
    const known = this.control.learnConstants
      ? resolveNames(this.tools, { ...read, readScript: true, byValue: this.rules.byValue })
      : bindings;
    if (known.every(({ constant }) => constant)) this.tools.keep(fn, onlyNeeded(inspected, bindings));
    else this.control.repeatable = false;
    if (bindings.some(isChangeable)) this.control.repeatable = false;
  }
}

/** The functions around one another that are being written, outer ones first. */
function framesOf(frame: CaptureFrame | undefined): CaptureFrame[] {
  const frames: CaptureFrame[] = [];
  for (let at = frame; at !== undefined; at = at.around) frames.push(at);
  return frames.reverse();
}

/** What is inside of it may change. */
function isChangeable({ value, reference }: Binding): boolean {
  return typeof value === 'object' && value !== null && reference === undefined;
}

function nativeRefusal(): Refusal {
  return new Refusal(
    'NATIVE',
    'it is native, or was made by Node as util.promisify does',
    'make it inside the function, or in a helper of your own',
  );
}
