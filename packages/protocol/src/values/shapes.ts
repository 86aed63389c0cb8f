import { ByteSink } from './byte-sink.js';
import { writeString } from './strings.js';

/** How many nodes of key lists are kept from one value to the next. */
const MAX_NODES = 8192;

/** A list of keys that objects have in common. */
export interface Shape {
  /** The encoded key list. */
  readonly definition: Uint8Array;
  /** The value in which {@link Shape.index} holds. */
  generation: number;
  /** Number of this shape within the value of that generation. */
  index: number;
}

interface Node {
  readonly children: Map<string, Node>;
  shape: Shape | undefined;
}

/**
 * Key lists seen by one encoder. Each value numbers its shapes anew, since every payload stands alone;
 * the tree and the encoded key lists stay from one value to the next.
 */
export class ShapeTable {
  #root: Node = newNode();
  #nodes = 1;
  #generation = 0;
  #next = 0;
  #lastKeys: readonly string[] = [];
  #last: Shape | undefined;

  /** Starts a new value: no shape has a number. */
  begin(): void {
    this.#generation++;
    this.#next = 0;
    if (this.#nodes > MAX_NODES) {
      this.#root = newNode();
      this.#nodes = 1;
      this.#last = undefined;
    }
  }

  /** The shape of these keys; see {@link ShapeTable.isNew}. */
  of(keys: readonly string[]): Shape {
    if (this.#last !== undefined && sameKeys(keys, this.#lastKeys)) return this.#last;
    let node = this.#root;
    for (const key of keys) {
      let next = node.children.get(key);
      if (next === undefined) {
        next = newNode();
        this.#nodes++;
        node.children.set(key, next);
      }
      node = next;
    }
    node.shape ??= { definition: encodeKeys(keys), generation: -1, index: 0 };
    this.#lastKeys = keys;
    this.#last = node.shape;
    return node.shape;
  }

  /** Tells whether the current value has not used this shape yet, and if so numbers it. */
  isNew(shape: Shape): boolean {
    if (shape.generation === this.#generation) return false;
    shape.generation = this.#generation;
    shape.index = this.#next++;
    return true;
  }
}

function newNode(): Node {
  return { children: new Map(), shape: undefined };
}

function sameKeys(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function encodeKeys(keys: readonly string[]): Uint8Array {
  const sink = new ByteSink(64);
  sink.varint(keys.length);
  for (const key of keys) writeString(sink, key);
  return sink.copy();
}
