import { isGridError, messageOf } from '@grid/common';
import { types } from 'node:util';
import { cutText, errorText, MAX_ERROR_TEXT } from './error-text.js';
import type { CodeDecoder, CodeEncoder } from './code-port.js';
import { makeError } from './read-errors.js';
import type { Payload } from './payload.js';
import { ValueDecoder } from './value-decoder.js';
import { ValueEncoder } from './value-encoder.js';
import { errorKind } from './write-errors.js';

/** How far a chain of causes is followed where it has to be taken apart. */
const MAX_CAUSES = 16;

/** How many errors of an aggregate are kept where it has to be taken apart. */
const MAX_ERRORS = 50;

/** What may travel with an error besides data. */
export interface EncodeErrorOptions {
  /** Lets the class of an error travel, so that `instanceof` holds on the other side. */
  readonly code?: CodeEncoder | undefined;
}

/** How an error that arrives is completed. */
export interface DecodeErrorOptions {
  /** Lets the class of an error come back. */
  readonly code?: CodeDecoder | undefined;
  /** Maps stacks of restored functions back to the user's files. */
  readonly mapStack?: ((stack: string) => string) | undefined;
}

/**
 * Encodes anything that was thrown. Never throws: texts that are too long are cut, fields that cannot travel are dropped,
 * and the message says so.
 */
export function encodeError(thrown: unknown, options: EncodeErrorOptions = {}): Payload {
  const encoder = new ValueEncoder();
  if (!hasLongText(thrown, 0)) {
    const whole = tryEncode(encoder, thrown, options.code);
    if (whole !== undefined) return whole;
  }
  const safe = safeCopy(thrown, { encoder, code: options.code, seen: new Map() }, 0);
  return tryEncode(encoder, safe, options.code) ?? encoder.encode(lastResort(thrown));
}

/**
 * Decodes what {@link encodeError} made. Never throws: bytes that are no value come back as an error that says so.
 * Whoever passes `code` must have prepared it for this payload.
 */
export function decodeError(payload: Payload, options: DecodeErrorOptions = {}): unknown {
  let thrown: unknown;
  try {
    thrown = new ValueDecoder().decode(payload, { code: options.code });
  } catch (error) {
    return error;
  }
  if (options.mapStack !== undefined) mapStacks(thrown, options.mapStack, new Set());
  return thrown;
}

interface CopyState {
  readonly encoder: ValueEncoder;
  readonly code: CodeEncoder | undefined;
  readonly seen: Map<object, unknown>;
}

function tryEncode(encoder: ValueEncoder, value: unknown, code: CodeEncoder | undefined): Payload | undefined {
  try {
    return encoder.encode(value, { code, rootName: 'error' });
  } catch (error) {
    // A user's getter or serializer may throw anything at all; the caller then sends less of the error.
    void error;
    return undefined;
  }
}

function hasLongText(thrown: unknown, depth: number): boolean {
  if (typeof thrown === 'string') return thrown.length > MAX_ERROR_TEXT;
  if (!isError(thrown) || depth > MAX_CAUSES) return false;
  try {
    const message: unknown = thrown.message;
    const stack: unknown = thrown.stack;
    const long = (text: unknown): boolean => typeof text === 'string' && text.length > MAX_ERROR_TEXT;
    const inner = Array.isArray(thrown.errors) ? (thrown.errors as unknown[]) : [];
    return long(message) || long(stack) || [thrown.cause, ...inner].some((item) => hasLongText(item, depth + 1));
  } catch {
    return true;
  }
}

function isError(value: unknown): value is Error & { readonly errors?: unknown } {
  return typeof value === 'object' && value !== null && types.isNativeError(value);
}

function safeCopy(thrown: unknown, state: CopyState, depth: number): unknown {
  if (typeof thrown === 'string') return cutText(thrown);
  if (!isError(thrown)) return tryEncode(state.encoder, thrown, state.code) === undefined ? lastResort(thrown) : thrown;
  if (depth > MAX_CAUSES) return errorOf('the chain of causes goes on and was cut here');
  const known = state.seen.get(thrown);
  if (known !== undefined) return known;
  const { name, message, stack } = errorText(thrown);
  const copy = emptyLike(thrown, state);
  state.seen.set(thrown, copy);
  hidden(copy, 'message', message);
  if (copy.name !== name) hidden(copy, 'name', name);
  hidden(copy, 'stack', stack ?? `${name}: ${message}`);
  const dropped = copyFields(thrown, copy, state, depth);
  if (dropped.length > 0) copy.message = `${message} (not sent: ${dropped.join(', ')})`;
  return copy;
}

/** An error of the same class if that can travel, else of the language's class that it descends from. */
function emptyLike(thrown: Error, { encoder, code }: CopyState): Error {
  const owner: unknown = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(thrown) ?? {}, 'constructor')?.value;
  if (code !== undefined && typeof owner === 'function') {
    // The user's constructor is not run: only the class that the error says it is of is taken over.
    const copy = Reflect.construct(Error, [], owner) as Error;
    if (tryEncode(encoder, copy, code) !== undefined) return copy;
  }
  return makeError(errorKind(thrown)) ?? errorOf('');
}

/** Copies what the error has of its own. @returns the fields, visible ones only, that could not be copied */
function copyFields(from: Error, to: Error, state: CopyState, depth: number): string[] {
  const dropped: string[] = [];
  for (const key of Reflect.ownKeys(from)) {
    if (key === 'message' || key === 'stack' || key === 'name') continue;
    const enumerable = Object.prototype.propertyIsEnumerable.call(from, key);
    try {
      const value = Reflect.get(from, key) as unknown;
      if (key === 'cause') hidden(to, key, safeCopy(value, state, depth + 1));
      else if (key === 'errors' && Array.isArray(value)) {
        hidden(
          to,
          key,
          (value as unknown[]).slice(0, MAX_ERRORS).map((item) => safeCopy(item, state, depth + 1)),
        );
      } else {
        state.encoder.encode(value, { code: state.code, rootName: String(key) });
        Object.defineProperty(to, key, { value, writable: true, configurable: true, enumerable });
      }
    } catch (error) {
      const path = isGridError(error) ? error.details['path'] : undefined;
      // What a library hides in its errors, such as zod, is of no use to anybody else.
      if (enumerable) dropped.push(typeof path === 'string' ? path : String(key));
    }
  }
  return dropped;
}

/** An error of the user's, made anew: none of ours, so it has no code. */
function errorOf(message: string): Error {
  return Reflect.construct(Error, [message]);
}

function hidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}

function lastResort(thrown: unknown): Error {
  const { name, message, stack } = errorText(thrown);
  const error = errorOf(`${message} (what was thrown cannot be sent and was replaced by this error)`);
  hidden(error, 'name', name);
  if (stack !== undefined) hidden(error, 'stack', stack);
  return error;
}

function mapStacks(thrown: unknown, mapStack: (stack: string) => string, seen: Set<unknown>): void {
  if (!isError(thrown) || seen.has(thrown) || seen.size > MAX_ERRORS) return;
  seen.add(thrown);
  if (typeof thrown.stack === 'string') hidden(thrown, 'stack', mapped(thrown.stack, mapStack));
  mapStacks(thrown.cause, mapStack, seen);
  if (Array.isArray(thrown.errors)) for (const error of thrown.errors as unknown[]) mapStacks(error, mapStack, seen);
}

function mapped(stack: string, mapStack: (stack: string) => string): string {
  try {
    return mapStack(stack);
  } catch (error) {
    // A broken source map must not hide the error that it was to explain.
    return `${stack}\n    (frames could not be mapped: ${messageOf(error)})`;
  }
}
