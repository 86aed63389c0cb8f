import { compileFunction } from 'node:vm';

/** Scheme of the scripts that mark calls in profiles. Nothing is loaded from there. */
const SCHEME = 'grid-prefix:';

/** Prefixes that a thread keeps marks of. */
const MARKS_MAX = 1000;

/** Calls `fn` with `args`; a profile shows the call below a script that names a prefix. */
export type PrefixMark = (fn: (...args: unknown[]) => unknown, args: readonly unknown[]) => unknown;

/** Calls functions in such a way that a profile tells for which prefix it was. */
export class PrefixMarks {
  readonly #marks = new Map<string, PrefixMark>();

  of(prefix: string): PrefixMark {
    const known = this.#marks.get(prefix);
    if (known !== undefined) return known;
    if (this.#marks.size >= MARKS_MAX) this.#marks.clear();
    // Profiles name scripts, not functions that were made of one script: each prefix needs one of its own.
    const filename = SCHEME + encodeURIComponent(prefix);
    const mark = compileFunction('return fn(...args);', ['fn', 'args'], { filename }) as PrefixMark;
    this.#marks.set(prefix, mark);
    return mark;
  }
}

/** The prefix that a script marks; `undefined`: none. */
export function markedPrefix(url: string): string | undefined {
  return url.startsWith(SCHEME) ? decodeURIComponent(url.slice(SCHEME.length)) : undefined;
}
