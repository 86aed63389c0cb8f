import type { CallableValue } from '../values/callable-value.js';

/**
 * Names that every process of Node has of its own. A list rather than a look at `globalThis`: what a program or a test
 * runner adds there exists only where it runs.
 */
export const KNOWN_GLOBALS: ReadonlySet<string> = new Set(
  (
    'AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob Boolean ' +
    'BroadcastChannel Buffer ByteLengthQueuingStrategy CloseEvent CompressionStream CountQueuingStrategy Crypto CryptoKey ' +
    'CustomEvent DOMException DataView Date DecompressionStream Error EvalError Event EventTarget File FinalizationRegistry ' +
    'Float16Array Float32Array Float64Array FormData Function Headers Infinity Int16Array Int32Array Int8Array Intl Iterator ' +
    'JSON Map Math MessageChannel MessageEvent MessagePort NaN Navigator Number Object Performance PerformanceEntry ' +
    'PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming Promise ' +
    'Proxy RangeError ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ' +
    'ReadableStreamDefaultController ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set ' +
    'SharedArrayBuffer String SubtleCrypto Symbol SyntaxError TextDecoder TextDecoderStream TextEncoder TextEncoderStream ' +
    'TransformStream TransformStreamDefaultController TypeError URIError URL URLSearchParams Uint16Array Uint32Array ' +
    'Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket WritableStream ' +
    'WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearImmediate clearInterval clearTimeout console ' +
    'crypto decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval fetch global globalThis isFinite isNaN ' +
    'navigator parseFloat parseInt performance process queueMicrotask setImmediate setInterval setTimeout structuredClone ' +
    'undefined unescape SuppressedError DisposableStack AsyncDisposableStack'
  ).split(' '),
);

/** Objects of the language and of Node, by identity: each process has its own, so they travel by name. */
export class GlobalNames {
  readonly #objects = new Map<unknown, string>();
  readonly #functions = new Map<unknown, string>();

  /** Looks at the globals of this realm and, if given, of others. */
  constructor(realms: readonly object[]) {
    for (const realm of realms) this.#readRealm(realm);
  }

  /** Name of a namespace object such as `Math`, or of `process.env`. */
  ofObject(value: object): string | undefined {
    return this.#objects.get(value);
  }

  /** Name of a function or class, such as `Array.isArray` or `Map.prototype.get`. */
  ofFunction(fn: CallableValue): string | undefined {
    return this.#functions.get(fn);
  }

  /**
   * Name of a native function or class of another realm, such as the `Error` that a class of a `vm` context descends from.
   * Asks that realm for its globals.
   */
  ofForeignFunction(fn: CallableValue): string | undefined {
    const realm = realmOf(fn);
    if (realm !== undefined && !this.#objects.has(realm)) this.#readRealm(realm);
    return this.#functions.get(fn);
  }

  #readRealm(realm: object): void {
    const globals = realm as Readonly<Record<string, unknown>>;
    this.#objects.set(realm, 'globalThis');
    for (const name of KNOWN_GLOBALS) {
      const value = Object.getOwnPropertyDescriptor(globals, name)?.value as unknown;
      if (typeof value === 'function') this.#readFunction(value as CallableValue, name);
      else if (typeof value === 'object' && value !== null) this.#readNamespace(value, name);
    }
    const env: unknown = (globals['process'] as { env?: unknown } | undefined)?.env;
    if (typeof env === 'object' && env !== null) this.#objects.set(env, 'process.env');
    // Some of Node's globals are getters that make their object when first asked.
    for (const name of ['console', 'process', 'crypto', 'performance', 'navigator']) {
      const value = globals[name];
      if (typeof value === 'object' && value !== null) this.#readNamespace(value, name);
    }
  }

  #readNamespace(value: object, name: string): void {
    if (this.#objects.has(value)) return;
    this.#objects.set(value, name);
    this.#readMembers(value, name);
  }

  #readFunction(fn: CallableValue, name: string): void {
    if (this.#functions.has(fn)) return;
    this.#functions.set(fn, name);
    this.#readMembers(fn, name);
    const prototype: unknown = fn.prototype;
    if (typeof prototype === 'object' && prototype !== null) {
      this.#objects.set(prototype, `${name}.prototype`);
      this.#readMembers(prototype, `${name}.prototype`);
    }
  }

  #readMembers(owner: object, name: string): void {
    for (const key of Object.getOwnPropertyNames(owner)) {
      if (key === 'constructor' || key === 'prototype' || key.includes('.')) continue;
      const value = Object.getOwnPropertyDescriptor(owner, key)?.value as unknown;
      if (typeof value === 'function' && !this.#functions.has(value)) this.#functions.set(value, `${name}.${key}`);
    }
  }
}

/** The global object of the realm in which a function was made, if that lets itself be asked. */
function realmOf(fn: CallableValue): object | undefined {
  try {
    // Only the language's own `Function` gets this text to see; what it makes reads nothing but its own realm.
    const makeFunction = Reflect.get(Object.getPrototypeOf(fn) as object, 'constructor') as (
      body: string,
    ) => () => unknown;
    const realm = makeFunction('return globalThis')();
    return typeof realm === 'object' && realm !== null ? realm : undefined;
  } catch (error) {
    // A realm may forbid making code from text; its functions then stay unknown.
    void error;
    return undefined;
  }
}

/** The object of this process that {@link GlobalNames} gave a name to. Follows own properties only. */
export function globalByName(name: string): unknown {
  let at: unknown = globalThis;
  if (name === 'globalThis') return at;
  for (const key of name.split('.')) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
    if (!Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}
