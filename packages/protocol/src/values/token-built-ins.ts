import { createHash } from 'node:crypto';
import type { ByteSink } from './byte-sink.js';
import type { Brand } from './object-kinds.js';
import { writeString } from './strings.js';
import { StepsFrame, UnorderedFrame } from './token-frames.js';
import type { TokenTarget } from './token-frames.js';
import { MARK } from './token-marks.js';
import { viewKind } from './view-kinds.js';
import { primitiveOf, regExpText } from './write-built-ins.js';

/** Bytes from this size on enter a token as their own hash. */
const HASHED_MIN = 512;

/** Writes the canonical form of an object of the language, or has it written; `false` if it has none. */
export function writeTokenOfBuiltIn(target: TokenTarget, value: object, brand: Brand): boolean {
  const { sink } = target;
  switch (brand) {
    case 'map':
      sink.byte(MARK.map);
      writeUnordered(target, [...Map.prototype.entries.call(value as Map<unknown, unknown>)] as [unknown, unknown][]);
      return true;
    case 'set': {
      const items = [...Set.prototype.values.call(value as Set<unknown>)] as unknown[];
      sink.byte(MARK.set);
      writeUnordered(
        target,
        items.map((item) => [item]),
      );
      return true;
    }
    case 'date':
      sink.byte(MARK.date);
      target.put(Date.prototype.getTime.call(value as Date));
      return true;
    case 'regexp':
      sink.byte(MARK.regexp);
      writeString(sink, regExpText(value as RegExp, 'source'));
      writeString(sink, regExpText(value as RegExp, 'flags'));
      target.put((value as RegExp).lastIndex);
      return true;
    case 'view': {
      const view = value as ArrayBufferView;
      sink.byte(MARK.view);
      writeString(sink, viewKind(view));
      writeBytes(sink, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      return true;
    }
    case 'array-buffer':
      sink.byte(MARK.arrayBuffer);
      writeBytes(sink, new Uint8Array(value as ArrayBuffer));
      return true;
    case 'url':
    case 'url-search-params':
      sink.byte(MARK.url);
      writeString(sink, (value as URL | URLSearchParams).toString());
      return true;
    case 'boxed':
      sink.byte(MARK.boxed);
      target.put(primitiveOf(value));
      return true;
    case 'error':
    case 'dom-exception':
      writeError(target, value as Error & { readonly errors?: unknown });
      return true;
    default:
      return false;
  }
}

function writeUnordered(target: TokenTarget, entries: readonly (readonly unknown[])[]): void {
  target.later(new UnorderedFrame(entries, target.sink.length));
}

/** An error without its stack, which depends on paths. */
function writeError(target: TokenTarget, error: Error & { readonly errors?: unknown }): void {
  target.sink.byte(MARK.error);
  writeString(target.sink, String(error.name));
  const own = Reflect.ownKeys(error).filter((key) => !WRITTEN_KEYS.has(key));
  target.later(
    new StepsFrame(
      () => target.put(error.message),
      () => target.put(error.cause),
      () => target.put(error.errors),
      () => target.properties(error, own),
    ),
  );
}

const WRITTEN_KEYS: ReadonlySet<string | symbol> = new Set(['message', 'cause', 'errors', 'name', 'stack']);

function writeBytes(sink: ByteSink, bytes: Uint8Array): void {
  sink.varint(bytes.length);
  sink.append(bytes.length < HASHED_MIN ? bytes : createHash('sha256').update(bytes).digest());
}
