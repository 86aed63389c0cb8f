import type { MessageWith } from '@grid/protocol';

type UnitPart = MessageWith<'update-graph'>['units'][number];

interface Entry {
  readonly part: UnitPart;
  /** Functions that need it. */
  references: number;
}

/** The code of all functions, each piece once whoever sent it; kept for as long as a function needs it. */
export class UnitRegistry {
  readonly #byHash = new Map<string, Entry>();
  readonly #onFreed: (hash: string) => void;

  /** @param onFreed - Told of code that no function needs any more. */
  constructor(onFreed: (hash: string) => void) {
    this.#onFreed = onFreed;
  }

  get size(): number {
    return this.#byHash.size;
  }

  has(hash: string): boolean {
    return this.#byHash.has(hash);
  }

  /** Takes one reference for a function; `part` is what came with it, if anything did. */
  hold(hash: string, part: UnitPart | undefined): void {
    let entry = this.#byHash.get(hash);
    if (entry === undefined) {
      // Whoever calls has checked that it is here or came along.
      entry = { part: part as UnitPart, references: 0 };
      this.#byHash.set(hash, entry);
    }
    entry.references += 1;
  }

  /** Gives one reference back. */
  release(hash: string): void {
    const entry = this.#byHash.get(hash);
    if (entry === undefined) return;
    entry.references -= 1;
    if (entry.references > 0) return;
    this.#byHash.delete(hash);
    this.#onFreed(hash);
  }

  /** The code as workers are sent it. */
  partOf(hash: string): UnitPart | undefined {
    return this.#byHash.get(hash)?.part;
  }
}
