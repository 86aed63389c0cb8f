import { badValue } from './byte-source.js';
import { fillExact } from './read-objects.js';
import { ERROR_HAS } from './tags.js';
import type { Reader } from './reader.js';

/** By the index that `ERROR_KINDS` gives; an aggregate is made without its errors, which are read like other fields. */
const CLASSES: readonly (new () => Error)[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  class extends AggregateError {
    constructor() {
      super([]);
      Object.setPrototypeOf(this, AggregateError.prototype);
    }
  },
];

/** An error of one of the language's own kinds, without a message and a stack. */
export function makeError(kind: number): Error | undefined {
  const errorClass = CLASSES[kind];
  return errorClass === undefined ? undefined : makeWithoutStack(errorClass);
}

/** Reads an error whose tag has been read. */
export function readError(reader: Reader, depth: number): Error {
  const { source } = reader;
  const made = makeError(source.byte());
  if (made === undefined) throw badValue('an unknown kind of error');
  const has = source.byte();
  const error = reader.remember(made);
  if (has & ERROR_HAS.name) hidden(error, 'name', reader.readString());
  if (has & ERROR_HAS.message) hidden(error, 'message', reader.read(depth + 1));
  hidden(error, 'stack', has & ERROR_HAS.stack ? reader.readString() : undefined);
  if (has & ERROR_HAS.cause) hidden(error, 'cause', reader.read(depth + 1));
  if (has & ERROR_HAS.errors) hidden(error, 'errors', reader.read(depth + 1));
  else Reflect.deleteProperty(error, 'errors');
  if (has & ERROR_HAS.props) fillExact(reader, error, depth);
  return error;
}

/** Its own stack would be that of the decoder and is replaced at once; collecting it takes most of the time. */
function makeWithoutStack(errorClass: (typeof CLASSES)[number]): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new errorClass();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function hidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}
