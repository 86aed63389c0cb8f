import { isSendableSymbol } from './write-primitives.js';
import { writeExactProperties } from './write-objects.js';
import { writeString } from './strings.js';
import { ERROR_HAS, ERROR_KINDS, TAG } from './tags.js';
import type { Writer } from './writer.js';

const OWN_FIELDS: ReadonlySet<string | symbol> = new Set(['message', 'stack', 'cause', 'errors']);

/** Appends an error: message, stack, cause, errors of an aggregate, then its own fields with their attributes. */
export function writeError(writer: Writer, error: Error, depth: number): void {
  writer.remember(error);
  const sink = writer.sink;
  const stack = stackOf(error);
  const props = Reflect.ownKeys(error).filter(
    (key) => !OWN_FIELDS.has(key) && (typeof key === 'string' || isSendableSymbol(key)),
  );
  const kind = errorKind(error);
  const name = writer.options.code === undefined ? inheritedName(error, kind) : undefined;
  const has =
    (Object.hasOwn(error, 'message') ? ERROR_HAS.message : 0) |
    (stack === undefined ? 0 : ERROR_HAS.stack) |
    (Object.hasOwn(error, 'cause') ? ERROR_HAS.cause : 0) |
    (Object.hasOwn(error, 'errors') ? ERROR_HAS.errors : 0) |
    (props.length > 0 ? ERROR_HAS.props : 0) |
    (name === undefined ? 0 : ERROR_HAS.name);
  sink.byte(TAG.error);
  sink.byte(kind);
  sink.byte(has);
  if (name !== undefined) writeString(sink, name);
  if (has & ERROR_HAS.message) writeField(writer, error, 'message', depth);
  if (stack !== undefined) writeString(sink, stack);
  if (has & ERROR_HAS.cause) writeField(writer, error, 'cause', depth);
  if (has & ERROR_HAS.errors) writeField(writer, error, 'errors', depth);
  if (has & ERROR_HAS.props) writeExactProperties(writer, error, props, depth);
}

function writeField(writer: Writer, error: Error, key: 'message' | 'cause' | 'errors', depth: number): void {
  writer.path[depth] = key;
  // Only aggregates have `errors`; whoever calls has checked.
  writer.write((error as Error & { errors?: unknown })[key], depth + 1);
}

/** The stack as a text; user code may run here (`Error.prepareStackTrace`) and may fail. */
function stackOf(error: Error): string | undefined {
  try {
    const stack: unknown = error.stack;
    return typeof stack === 'string' ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** Number of the language's error class that the error is of or descends from. */
export function errorKind(error: Error): number {
  let prototype: unknown = Object.getPrototypeOf(error);
  while (typeof prototype === 'object' && prototype !== null) {
    const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
    if (typeof constructor === 'function') {
      const index = ERROR_KINDS.findIndex((name) => name === constructor.name);
      if (index >= 0) return index;
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return 0;
}

/** Where the class of an error does not travel, the name that it gives to its instances does. */
function inheritedName(error: Error, kind: number): string | undefined {
  if (Object.hasOwn(error, 'name')) return undefined;
  const name: unknown = error.name;
  return typeof name === 'string' && name !== ERROR_KINDS[kind] ? name : undefined;
}
