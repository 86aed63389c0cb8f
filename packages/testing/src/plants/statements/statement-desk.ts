/** A statement of a core that can be left out. */
export interface Statement {
  /** Its file, its function and its text, as `scheduler-core events/add-keys.ts addKeys: addReplica(…)`. */
  readonly name: string;
  readonly number: number;
}

/** In a world in which statements are come to so often something goes round in circles. */
const ARRIVALS_MAX = 5_000_000;

/**
 * Stands between a program and those of its statements that can be left out, and knows which of them were come to. Each is
 * asked for by its number before it is done, so it has to be fast.
 */
export class StatementDesk {
  readonly statements: Statement[] = [];
  /** The one that is left out; -1: none. */
  #omitted = -1;
  #arrivals = 0;
  #reached = new Uint8Array(0);

  /** Takes statements in; called by the program as it is loaded. The first one gets the number that is returned. */
  declare(names: readonly string[]): number {
    const first = this.statements.length;
    for (const [index, name] of names.entries()) this.statements.push({ name, number: first + index });
    this.#reached = new Uint8Array(this.statements.length);
    return first;
  }

  /** Leaves one statement out from now on, or none. */
  omit(number: number | null): void {
    this.#omitted = number ?? -1;
  }

  /** Another world begins. */
  beginWorld(): void {
    this.#arrivals = 0;
  }

  /** The numbers of all that was come to since this was called last. */
  takeReached(): number[] {
    const numbers: number[] = [];
    for (const [number, isReached] of this.#reached.entries()) if (isReached === 1) numbers.push(number);
    this.#reached.fill(0);
    return numbers;
  }

  /**
   * Whether a statement is not to be done.
   *
   * @throws `TypeError` if there is no end to what is done instead
   */
  skips(number: number): boolean {
    this.#reached[number] = 1;
    this.#arrivals += 1;
    if (this.#arrivals > ARRIVALS_MAX && this.#omitted >= 0) throw new TypeError('what happens goes round in circles');
    return number === this.#omitted;
  }

  /** Whether a condition under which a function is left holds; if that is what is left out, it never does. */
  holds(number: number, condition: unknown): boolean {
    // What is anything but a truth value decides as it does in a condition.
    return condition ? !this.skips(number) : false;
  }
}

/** Under this name programs find the desk. */
export const DESK_NAME = 'gridStatementDesk';

/** The desk of this process. */
export function statementDesk(): StatementDesk {
  const host = globalThis as unknown as Record<string, StatementDesk | undefined>;
  return (host[DESK_NAME] ??= new StatementDesk());
}
