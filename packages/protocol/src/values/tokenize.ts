import { hash } from 'node:crypto';
import { ByteSink } from './byte-sink.js';
import { defaultSerializers } from './default-serializers.js';
import type { SerializerRegistry } from './serializers.js';
import { writeString } from './strings.js';
import { TOKEN_VERSION } from './token-marks.js';
import { NotTokenizable, TokenWriter } from './token-writer.js';
import type { TokenSources } from './token-writer.js';

/** What a token may be made of besides data. */
export interface TokenizeOptions extends Omit<TokenSources, 'serializers'> {
  /** @defaultValue `defaultSerializers` */
  readonly serializers?: SerializerRegistry | undefined;
}

/** Half of sha256, as keys carry it: 128 bits leave no chance of a collision by accident. */
const TOKEN_CHARACTERS = 32;

/**
 * Makes a token of a value's content: 32 hex characters that are the same for equal content in any process and on any
 * machine, whatever the order of keys and entries.
 *
 * @param fnHash - hash of the function that the value is an argument of; it becomes part of the token
 * @returns `undefined` where content does not determine the value: instances of unknown classes, unique symbols,
 * promises, and functions unless `options.hashOf` knows them
 */
export function tokenize(value: unknown, fnHash?: string, options: TokenizeOptions = {}): string | undefined {
  const sink = new ByteSink(256);
  const sources: TokenSources = { ...options, serializers: options.serializers ?? defaultSerializers };
  try {
    sink.byte(TOKEN_VERSION);
    if (fnHash !== undefined) writeString(sink, fnHash);
    new TokenWriter(sink, sources).write(value);
  } catch (error) {
    if (error instanceof NotTokenizable) return undefined;
    throw error;
  }
  return hash('sha256', sink.bytes.subarray(0, sink.length), 'hex').slice(0, TOKEN_CHARACTERS);
}
