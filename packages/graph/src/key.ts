import { asKey, type Key } from '@grid/common';
import { GraphError } from './errors.js';

/** One element of a tuple key. `-0` counts as `0`. */
export type KeyPart = string | number | readonly KeyPart[];

/** How people write a key: a name, or a tuple such as `['x', 0, 1]` for one chunk of `x`. */
export type KeyLike = string | readonly KeyPart[];

/**
 * Prints a key in its one canonical form.
 *
 * A string is its own form. A tuple becomes `('x', 0, 1)`, or `('x',)` with a single element, where `'` and `\` inside
 * strings are escaped: different tuples never print alike. A string that spells a tuple in this form *is* that tuple's
 * key, so the function can be applied again without harm.
 *
 * @throws {@link GraphError} `GRID_GRAPH_BAD_KEY` for an empty string or tuple, and for other elements than strings,
 * finite numbers and tuples.
 */
export function keyOf(key: KeyLike): Key {
  if (typeof key === 'string') {
    if (key === '')
      throw new GraphError('GRID_GRAPH_BAD_KEY', 'a key must not be an empty string; give the task a name');
    return asKey(key);
  }
  return asKey(printTuple(key, 0));
}

/** The key of a task that is named after its function and its content: `name-token`. */
export function keyFor(name: string, token: string): Key {
  return asKey(`${name}-${token}`);
}

/** Names tasks by content. Implemented where values can be hashed; `undefined` if these cannot, or should not be. */
export interface KeyMaker {
  /** Equal functions with equal arguments get equal tokens, in every process. */
  tokenOf(fn: (...args: never[]) => unknown, args: readonly unknown[]): string | undefined;
}

/**
 * Reads what {@link keyOf} printed: the tuple, or the string itself if it does not spell a tuple.
 * The inverse of `keyOf`.
 */
export function parseKey(key: string): KeyLike {
  if (key.charCodeAt(0) !== OPEN) return key;
  const reader = new TupleReader(key);
  const tuple = reader.readTuple(0);
  return tuple !== undefined && reader.atEnd() && printTuple(tuple, 0) === key ? tuple : key;
}

// Deep enough for any key a person can read; it keeps the recursion below bounded.
const NESTING_MAX = 32;
const OPEN = 0x28;
const CLOSE = 0x29;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;

function printTuple(parts: readonly KeyPart[], depth: number): string {
  if (!Array.isArray(parts) || parts.length === 0 || depth > NESTING_MAX) {
    throw new GraphError(
      'GRID_GRAPH_BAD_KEY',
      `a key must be a string or a tuple of strings and finite numbers, at most ${String(NESTING_MAX)} levels deep`,
    );
  }
  const printed = parts.map((part: KeyPart) => printPart(part, depth)).join(', ');
  return parts.length === 1 ? `(${printed},)` : `(${printed})`;
}

function printPart(part: KeyPart, depth: number): string {
  if (typeof part === 'number' && Number.isFinite(part)) return String(part);
  if (typeof part === 'string') return `'${/['\\]/.test(part) ? part.replace(/['\\]/g, '\\$&') : part}'`;
  if (Array.isArray(part)) return printTuple(part as readonly KeyPart[], depth + 1);
  throw new GraphError(
    'GRID_GRAPH_BAD_KEY',
    `a tuple key holds strings, finite numbers and tuples of them, not ${typeof part === 'number' ? String(part) : typeof part}`,
  );
}

/** Lenient about spacing only as far as `parseKey` checks the outcome by printing it again. */
class TupleReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  readTuple(depth: number): readonly KeyPart[] | undefined {
    if (depth > NESTING_MAX) return undefined;
    const parts: KeyPart[] = [];
    this.#at += 1;
    for (;;) {
      if (this.#text.charCodeAt(this.#at) === CLOSE) {
        this.#at += 1;
        return parts.length === 0 ? undefined : parts;
      }
      const part = this.#readPart(depth);
      if (part === undefined) return undefined;
      parts.push(part);
      if (this.#text.startsWith(', ', this.#at)) this.#at += 2;
      else if (this.#text.startsWith(',)', this.#at)) this.#at += 1;
    }
  }

  #readPart(depth: number): KeyPart | undefined {
    const code = this.#text.charCodeAt(this.#at);
    if (code === OPEN) return this.readTuple(depth + 1);
    if (code === QUOTE) return this.#readString();
    const start = this.#at;
    while (this.#at < this.#text.length && !',)('.includes(this.#text.charAt(this.#at))) this.#at += 1;
    const number = Number(this.#text.slice(start, this.#at));
    return this.#at === start || !Number.isFinite(number) ? undefined : number;
  }

  #readString(): string | undefined {
    let text = '';
    for (let i = this.#at + 1; i < this.#text.length; i += 1) {
      const code = this.#text.charCodeAt(i);
      if (code === QUOTE) {
        this.#at = i + 1;
        return text;
      }
      if (code === BACKSLASH) i += 1;
      text += this.#text.charAt(i);
    }
    return undefined;
  }
}
