import type { FunctionLocation } from './inspect-function.js';
import type { Binding } from './resolve-names.js';

/** How the functions of one value have used a name of one script. */
interface NameUsers {
  count: number;
  isAssigned: boolean;
}

/**
 * Notes which variables functions of one value have in common while one of them assigns to them. That is known only when
 * all functions have been seen; where there are such variables, the value is written again by somebody who knows them.
 * Names stand for variables here: too many are harmless.
 */
export class SharedVariables {
  readonly #users = new Map<string, NameUsers>();
  readonly #known: ReadonlySet<string>;

  /** @param known - what an earlier look at the same value found */
  constructor(known: ReadonlySet<string> = new Set()) {
    this.#known = known;
  }

  /** Notes that a function uses a variable that it does not declare. */
  note({ scriptId }: FunctionLocation, { name, writes }: Binding): void {
    const key = keyOf(scriptId, name);
    const users = this.#users.get(key);
    if (users === undefined) this.#users.set(key, { count: 1, isAssigned: writes });
    else {
      users.count++;
      users.isAssigned ||= writes;
    }
  }

  /** Whether a variable is known to be shared. */
  has({ scriptId }: FunctionLocation, name: string): boolean {
    return this.#known.size > 0 && this.#known.has(keyOf(scriptId, name));
  }

  /** What is shared though it was not known to be; empty if all was known. */
  findUnknown(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const [key, { count, isAssigned }] of this.#users) {
      if (isAssigned && count > 1 && !this.#known.has(key)) found.add(key);
    }
    return found;
  }

  /** For a second look at the same value. */
  again(): SharedVariables {
    return new SharedVariables(new Set([...this.#known, ...this.findUnknown()]));
  }
}

function keyOf(scriptId: string, name: string): string {
  return `${scriptId} ${name}`;
}
