import { types } from 'node:util';
import { runInThisContext } from 'node:vm';
import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import { ValueEncoder } from '../values/value-encoder.js';
import { TextAnalyzer } from './analyze.js';
import type { ClassIdentities } from './class-identities.js';
import { EarlyNames } from './early-names.js';
import { FunctionInspector } from './inspect-function.js';
import type { InspectedFunction } from './inspect-function.js';
import { GlobalNames } from './known-globals.js';
import { loadParser } from './load-parser.js';
import type { Parser } from './load-parser.js';
import { NodeExports } from './node-exports.js';
import { PackageReferences } from './package-references.js';
import type { Reference } from './references.js';
import { ScriptTable } from './script-table.js';

/** A function that could not be looked into. */
const UNREAD: InspectedFunction = { scopes: [], location: undefined, bound: undefined };

/** What capturing needs, made when first used: most processes never capture anything. */
export class CaptureTools {
  readonly identities: ClassIdentities;
  readonly sectionEncoder = new ValueEncoder();
  readonly packages = new PackageReferences(() => this.#loadedParser());
  readonly earlyNames = new EarlyNames(
    () => this.scripts,
    () => this.#loadedParser(),
  );
  readonly analyzer = new TextAnalyzer(() => this.#loadedParser());
  readonly #nodeExports = new NodeExports();
  readonly #inspected = new WeakMap<CallableValue, InspectedFunction>();
  /** Packages whose code somebody wants to go by value. */
  readonly #openPackages = new Set<string>();
  #isInspectorDenied = false;
  #parser: Parser | undefined;
  #inspector: FunctionInspector | undefined;
  #scripts: ScriptTable | undefined;
  #globals: GlobalNames | undefined;

  constructor(identities: ClassIdentities) {
    this.identities = identities;
  }

  get parser(): Parser {
    return this.#loadedParser();
  }

  get scripts(): ScriptTable {
    this.#scripts ??= new ScriptTable(this.#openInspector(), () => this.#loadedParser(), this.#openPackages);
    return this.#scripts;
  }

  /** Reads what a function captures, or recalls it where {@link CaptureTools.keep} was called. */
  inspect(fn: CallableValue): InspectedFunction {
    return this.#inspected.get(fn) ?? this.#openInspector().inspect(fn);
  }

  /** The same where the inspector is permitted; elsewhere, that nothing is known. */
  inspectIfPermitted(fn: CallableValue): InspectedFunction {
    if (this.#isInspectorDenied) return UNREAD;
    try {
      return this.inspect(fn);
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== 'NOINSPECT') throw error;
      this.#isInspectorDenied = true;
      return UNREAD;
    }
  }

  /** From now on sources of these packages' scripts are read as those of the user's own. */
  lookInto(packages: readonly string[]): void {
    for (const name of packages) {
      if (this.#openPackages.has(name)) continue;
      this.#openPackages.add(name);
      this.#scripts?.reread(name);
    }
  }

  /** Says that the variables which a function captures never change. */
  keep(fn: CallableValue, inspected: InspectedFunction): void {
    this.#inspected.set(fn, inspected);
  }

  globalNameOf(value: object): string | undefined {
    this.#globals ??= new GlobalNames([runInThisContext('globalThis') as object, globalThis]);
    return typeof value === 'function'
      ? this.#globals.ofFunction(value as CallableValue)
      : this.#globals.ofObject(value);
  }

  /** Name of a native function of another realm. */
  foreignGlobalNameOf(fn: CallableValue): string | undefined {
    this.globalNameOf(fn);
    return this.#globals?.ofForeignFunction(fn);
  }

  /** The reference to something that is Node's, or that came here by a reference. */
  knownReference(value: object): Reference | undefined {
    return this.identities.referenceOf(value) ?? this.#nodeExports.find(value);
  }

  close(): void {
    this.#inspector?.close();
    this.#inspector = undefined;
    this.#scripts = undefined;
  }

  #openInspector(): FunctionInspector {
    this.#inspector ??= new FunctionInspector();
    return this.#inspector;
  }

  #loadedParser(): Parser {
    this.#parser ??= loadParser();
    return this.#parser;
  }
}

/** Tells whether a value holds nothing that could change or be code. */
export function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}

/** Tells whether a value is plain bulk data, whose origin need not be looked into. */
export function isBulkData(value: unknown): boolean {
  if (isPrimitive(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return (
    Array.isArray(value) || ArrayBuffer.isView(value) || types.isMap(value) || types.isSet(value) || types.isDate(value)
  );
}

/** Tells whether an object stands for a module, so that only what is used of it is captured. */
export function isNamespaceLike(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isProxy(value)) return false;
  if (types.isModuleNamespaceObject(value) || (value as { __esModule?: unknown }).__esModule === true) return true;
  return isInterop(value);
}

/** What esbuild makes of a CommonJS module that is a function: an object with the prototype of functions. */
function isInterop(value: object): boolean {
  const fn: unknown = Object.getOwnPropertyDescriptor(value, 'default')?.value;
  return typeof fn === 'function' && Object.getPrototypeOf(fn) === Object.getPrototypeOf(value);
}
