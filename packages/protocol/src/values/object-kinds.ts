import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { Refusal } from './refusal.js';

/** What an object is by what the language keeps inside it, whatever its prototype says. */
export type Brand =
  | 'array'
  | 'view'
  | 'array-buffer'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'error'
  | 'boxed'
  | 'url'
  | 'url-search-params'
  | 'dom-exception'
  | 'object';

/** Tells what an object is. Looks at internal slots, never at names or prototypes alone, so that other realms count too. */
export function brandOf(value: object): Brand {
  if (ArrayBuffer.isView(value)) return 'view';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isDate(value)) return 'date';
  // Newer versions of Node make exceptions of the web as errors of the language.
  if (types.isNativeError(value)) return isDomException(value) ? 'dom-exception' : 'error';
  if (types.isRegExp(value)) return 'regexp';
  if (types.isAnyArrayBuffer(value)) return 'array-buffer';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  return webBrandOf(value);
}

function webBrandOf(value: object): Brand {
  if (value instanceof URL) return isReal(() => value.href) ? 'url' : 'object';
  if (value instanceof URLSearchParams) return isReal(() => value.toString()) ? 'url-search-params' : 'object';
  return isDomException(value) ? 'dom-exception' : 'object';
}

function isDomException(value: object): boolean {
  return value instanceof DOMException && isReal(() => value.code);
}

/** An object may have the prototype of such a class and not be made by it; then there is nothing to read. */
function isReal(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

const plainPrototypes = [
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
  RegExp.prototype,
];
const builtInPrototypes: ReadonlySet<object> = new Set<object>([
  ...plainPrototypes,
  ArrayBuffer.prototype,
  DataView.prototype,
  URL.prototype,
  URLSearchParams.prototype,
  Number.prototype,
  String.prototype,
  Boolean.prototype,
  BigInt.prototype,
  Symbol.prototype,
  Buffer.prototype,
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError].map(
    (errorClass): object => errorClass.prototype as object,
  ),
  ...[Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array].map(
    (c): object => c.prototype,
  ),
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array].map((c): object => c.prototype),
]);

/**
 * Tells whether a prototype belongs to the language and not to a user's class: that of this realm, or of another one
 * (a test runner's, a `vm` context's), where the same object has another identity.
 */
export function isBuiltInPrototype(prototype: object): boolean {
  return builtInPrototypes.has(prototype) || isForeignBuiltIn(prototype);
}

const BUILT_IN_NAMES: ReadonlySet<string> = new Set([
  'Object',
  'Array',
  'Map',
  'Set',
  'Date',
  'RegExp',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Number',
  'String',
  'Boolean',
  'BigInt',
  'Symbol',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'URL',
  'URLSearchParams',
  'DOMException',
  'FastBuffer',
  'Buffer',
]);

function isForeignBuiltIn(prototype: object): boolean {
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  if (typeof constructor !== 'function' || !BUILT_IN_NAMES.has(constructor.name)) return false;
  return isNodeOrNative(constructor as (...args: never[]) => unknown, constructor.name);
}

function isNodeOrNative(fn: (...args: never[]) => unknown, name: string): boolean {
  // Node's own classes are written in JavaScript, yet are the same in every realm: they are in the table above,
  // except where this module was loaded in a realm of its own and Node's classes were handed in.
  if (name === 'URL' || name === 'URLSearchParams' || name === 'DOMException') return true;
  if (name === 'FastBuffer' || name === 'Buffer') return true;
  return isNative(fn);
}

/** Tells whether a function has no source text, since it is the runtime's own. */
export function isNative(fn: (...args: never[]) => unknown): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn));
}

/** Refuses objects whose content is a process's own, each with its kind and a way out. */
export function refuseUnsendable(value: object): void {
  if (types.isProxy(value)) throw new Refusal('PROXY', 'it is a Proxy', 'send the object behind it');
  if (types.isPromise(value)) {
    throw new Refusal(
      'PROMISE',
      'it is a Promise',
      'await it first; or submit the function that made it, and pass the future as an argument',
    );
  }
  const weak = weakKind(value);
  if (weak !== undefined) throw new Refusal('WEAK', `it is a ${weak}`, 'send a Map, a Set or the object itself');
  if (types.isGeneratorObject(value)) {
    throw new Refusal(
      'GENERATOR',
      'it is a running generator',
      'send its function and arguments, or what it has yielded',
    );
  }
  if (types.isMapIterator(value) || types.isSetIterator(value)) {
    throw new Refusal('GENERATOR', 'it is an iterator', 'send an array of its items');
  }
  if (types.isArgumentsObject(value)) {
    throw new Refusal('ARGS', 'it is an arguments object', 'send [...arguments]');
  }
  if (types.isExternal(value)) throw new Refusal('HANDLE', 'it is native memory', 'open it inside the task');
}

/** Refuses what has the prototype of a map, a date or the like and was not made by its class: nothing is inside. */
export function refuseImpostor(value: object): void {
  const prototype = Object.getPrototypeOf(value) as object | null;
  // The roots of all realms, whose objects are plain.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  throw new Refusal(
    'PROTOTYPE',
    `it has the prototype of ${classNameOf(value)} and is none`,
    'send a plain object or an instance of a class',
  );
}

function weakKind(value: object): string | undefined {
  if (types.isWeakMap(value)) return 'WeakMap';
  if (types.isWeakSet(value)) return 'WeakSet';
  if (Object.prototype.toString.call(value) === '[object WeakRef]') return 'WeakRef';
  return undefined;
}

/** Name of the class of an object, for texts. */
export function classNameOf(value: object): string {
  try {
    const constructor = (value as { constructor?: unknown }).constructor;
    if (typeof constructor === 'function' && constructor.name !== '') return constructor.name;
  } catch {
    return 'object whose constructor cannot be read';
  }
  return 'object of an unnamed class';
}
