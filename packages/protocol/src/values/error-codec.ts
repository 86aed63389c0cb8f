import { isGridError, messageOf } from '@grid/common';
import { types } from 'node:util';
import { cutText, errorText, MAX_ERROR_TEXT } from './error-text.js';
import type { CodeDecoder, CodeEncoder } from './code-port.js';
import type { Payload } from './payload.js';
import { ValueDecoder } from './value-decoder.js';
import { ValueEncoder } from './value-encoder.js';

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
    return long(message) || long(stack) || hasLongText(thrown.cause, depth + 1);
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
  const copy = errorOf(message);
  state.seen.set(thrown, copy);
  hidden(copy, 'name', name);
  hidden(copy, 'stack', stack ?? `${name}: ${message}`);
  const dropped = copyFields(thrown, copy, state, depth);
  if (dropped.length > 0) copy.message = `${message} (not sent: ${dropped.join(', ')})`;
  return copy;
}

function copyFields(from: Error, to: Error, state: CopyState, depth: number): string[] {
  const dropped: string[] = [];
  for (const key of Reflect.ownKeys(from)) {
    if (key === 'message' || key === 'stack' || key === 'name') continue;
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
        const enumerable = Object.prototype.propertyIsEnumerable.call(from, key);
        Object.defineProperty(to, key, { value, writable: true, configurable: true, enumerable });
      }
    } catch (error) {
      const path = isGridError(error) ? error.details['path'] : undefined;
      dropped.push(typeof path === 'string' ? path : String(key));
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
