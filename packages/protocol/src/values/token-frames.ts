import type { ByteSink } from './byte-sink.js';

/** What frames write through. */
export interface TokenTarget {
  readonly sink: ByteSink;
  /** Writes a value; what is inside of it comes by frames of its own. */
  put(value: unknown): void;
  /** Writes the key of a property. */
  key(key: string | symbol): void;
  /** Stands for an item that is not there. */
  hole(): void;
  /** Has a frame written before those that were given earlier. */
  later(frame: TokenFrame): void;
  /** Writes properties, or has them written, in an order that does not depend on how they were added. */
  properties(owner: object, keys: readonly (string | symbol)[]): void;
}

/**
 * The content of an object that is being written: a list of such stands for the stack that a recursion would need.
 * `step` writes the next part, and tells whether there was one.
 */
export abstract class TokenFrame {
  /** The object that is at an end with this. */
  object: object | undefined;

  abstract step(target: TokenTarget): boolean;
}

/** Items in their order. */
export class ItemsFrame extends TokenFrame {
  readonly #items: readonly unknown[];
  #next: number;

  /** @param from - how many of the items have been written */
  constructor(items: readonly unknown[], from = 0) {
    super();
    this.#items = items;
    this.#next = from;
  }

  override step(target: TokenTarget): boolean {
    const items = this.#items;
    if (this.#next === items.length) return false;
    const item = items[this.#next];
    if (item === undefined && !(this.#next in items)) target.hole();
    else target.put(item);
    this.#next++;
    return true;
  }
}

/** Properties in the order of their keys. */
export class PropertiesFrame extends TokenFrame {
  readonly #owner: object;
  readonly #keys: readonly (string | symbol)[];
  #next: number;
  #item: unknown;

  /**
   * @param from - how many of the properties have been written
   * @param item - value of the next one: reading it once more could run user code
   */
  constructor(owner: object, keys: readonly (string | symbol)[], { from, item }: { from: number; item: unknown }) {
    super();
    this.#owner = owner;
    this.#keys = keys;
    this.#next = from;
    this.#item = item;
  }

  override step(target: TokenTarget): boolean {
    if (this.#next === this.#keys.length) return false;
    const key = this.#keys[this.#next++] as string | symbol;
    target.key(key);
    const item = this.#item ?? (this.#owner as Readonly<Record<string | symbol, unknown>>)[key];
    this.#item = undefined;
    target.put(item);
    return true;
  }
}

/** Entries whose order means nothing: they are sorted by what they are written as. */
export class UnorderedFrame extends TokenFrame {
  readonly #entries: readonly (readonly unknown[])[];
  readonly #start: number;
  readonly #parts: Uint8Array[] = [];
  #entry = 0;
  #part = 0;

  constructor(entries: readonly (readonly unknown[])[], start: number) {
    super();
    this.#entries = entries;
    this.#start = start;
  }

  override step(target: TokenTarget): boolean {
    const { sink } = target;
    const entry = this.#entries[this.#entry];
    if (entry === undefined) {
      this.#writeSorted(sink);
      return false;
    }
    if (this.#part < entry.length) {
      target.put(entry[this.#part++]);
      return true;
    }
    this.#parts.push(sink.copy(this.#start));
    sink.length = this.#start;
    this.#entry++;
    this.#part = 0;
    return true;
  }

  #writeSorted(sink: ByteSink): void {
    this.#parts.sort((left, right) => Buffer.compare(left, right));
    sink.varint(this.#parts.length);
    for (const part of this.#parts) sink.append(part);
  }
}

/** Several things one after the other. */
export class StepsFrame extends TokenFrame {
  readonly #steps: readonly (() => void)[];
  #next = 0;

  constructor(...steps: readonly (() => void)[]) {
    super();
    this.#steps = steps;
  }

  override step(): boolean {
    const step = this.#steps[this.#next++];
    step?.();
    return step !== undefined;
  }
}

/** Whether nothing is inside of it. */
export function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
