import { parseKey, type KeyPart } from './key.js';

/** The prefix of keys that have no name to speak of. */
const OTHER = 'Other';
/** The prefix of data without a name: keys that are a bare token. */
const DATA = 'data';
const DASH = 0x2d;
const OPEN = 0x28;
const TOKEN_LENGTH = 32;
// Shorter words of the letters a to f are more likely English ("added", "faced") than hexadecimal.
const HEX_WORD_MIN = 8;
// An index after a token of at least this many hexadecimal digits numbers the parts of one collection.
const GROUP_TOKEN_MIN = 16;

/**
 * The name that tasks of one kind share: durations are learned per prefix.
 *
 * `inc-3f2a…` → `inc`, `read-csv-17` → `read-csv`, `('sum-3f2a…', 4)` → `sum`, a bare token → `data`. The first word
 * always counts; further words separated by `-` count as long as they are letters only and not hexadecimal of 8 digits
 * or more. Takes well below a microsecond: the scheduler asks for every task.
 */
export function keyPrefix(key: string): string {
  const first = key.charCodeAt(0);
  if (first === OPEN) return prefixOfName(firstElementOf(key));
  return prefixOfName(key);
}

/**
 * The name that tasks of one collection share: a tuple key's first element, or `name-token` of `name-token-index`, or
 * else the same as {@link keyPrefix}. `('sum-3f2a…', 4)` → `sum-3f2a…`, and `inc-3f2a…` → `inc`.
 */
export function keyGroup(key: string): string {
  if (key.charCodeAt(0) === OPEN) {
    const name = firstElementOf(key);
    return isToken(name) ? DATA : name === '' ? OTHER : name;
  }
  const end = endBeforeIndex(key);
  return end === -1 ? prefixOfName(key) : key.slice(0, end);
}

function prefixOfName(name: string): string {
  const length = name.length;
  let end = name.indexOf('-');
  if (end === -1) return length === TOKEN_LENGTH && isToken(name) ? DATA : firstWord(name);
  if (end === TOKEN_LENGTH && isToken(name.slice(0, end))) return DATA;
  while (end < length) {
    const next = endOfWord(name, end + 1);
    if (next === -1) break;
    end = next;
  }
  return end === length ? firstWord(name) : firstWord(name.slice(0, end));
}

/** Where the word that starts at `start` ends, or -1 if it is not part of a name. */
function endOfWord(name: string, start: number): number {
  let i = start;
  let isHex = true;
  for (; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    if (code === DASH) break;
    const lower = code | 0x20;
    if (lower < 0x61 || lower > 0x7a) {
      if (code < 0x80 || !isLetter(name.charAt(i))) return -1;
      isHex = false;
    } else if (lower > 0x66) isHex = false;
  }
  const length = i - start;
  return length === 0 || (isHex && length >= HEX_WORD_MIN) ? -1 : i;
}

function isLetter(char: string): boolean {
  return /^\p{L}$/u.test(char);
}

/** Names such as `_inc` or `<module.Thing object>` are printed without their decoration. */
function firstWord(name: string): string {
  const code = name.charCodeAt(0);
  const lower = code | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || code >= 0x80) return name;
  return undecorated(name);
}

function undecorated(name: string): string {
  let start = 0;
  let end = name.length;
  while (start < end && '_\'"()<>'.includes(name.charAt(start))) start += 1;
  while (end > start && '_\'"()<>'.includes(name.charAt(end - 1))) end -= 1;
  if (start === end) return OTHER;
  const bare = name.slice(start, end);
  if (name.charCodeAt(0) !== 0x3c) return bare;
  const space = bare.indexOf(' ');
  const path = space === -1 ? bare : bare.slice(0, space);
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last === '' ? OTHER : last;
}

/** The text of a tuple key's first element; the innermost one if that is a tuple again. */
function firstElementOf(key: string): string {
  // Nearly all tuple keys start with a string without escapes, and then need not be parsed.
  if (key.charCodeAt(1) === 0x27) {
    const end = key.indexOf("'", 2);
    if (end !== -1) {
      const name = key.slice(2, end);
      if (!name.includes('\\')) return name;
    }
  }
  let part: KeyPart | undefined = parseKey(key);
  while (typeof part === 'object') part = part[0];
  return part === undefined ? OTHER : String(part);
}

function isToken(text: string): boolean {
  return text.length === TOKEN_LENGTH && isHexBetween(text, 0, TOKEN_LENGTH);
}

function isHexBetween(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

/** Where `name-token` ends in `name-token-index`, or -1 if `key` is not of that form. */
function endBeforeIndex(key: string): number {
  let i = key.length - 1;
  for (; i >= 0; i -= 1) {
    const code = key.charCodeAt(i);
    if (code < 0x30 || code > 0x39) break;
  }
  if (i <= GROUP_TOKEN_MIN || i === key.length - 1 || key.charCodeAt(i) !== DASH) return -1;
  const tokenStart = key.lastIndexOf('-', i - 1) + 1;
  return i - tokenStart >= GROUP_TOKEN_MIN && tokenStart > 1 && isHexBetween(key, tokenStart, i) ? i : -1;
}
