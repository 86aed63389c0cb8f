import { badValue } from './byte-source.js';

/** A list of keys that objects have in common. */
export interface ReceivedShape {
  readonly keys: readonly string[];
  /** Some key is `__proto__`, which must not be assigned. */
  readonly guarded: boolean;
}

/** Key lists of one value by number. */
export class ReceivedShapes {
  #shapes: ReceivedShape[] = [];

  add(keys: readonly string[]): ReceivedShape {
    const shape = { keys, guarded: keys.includes('__proto__') };
    this.#shapes.push(shape);
    return shape;
  }

  get(index: number): ReceivedShape {
    const shape = index < this.#shapes.length ? this.#shapes[index] : undefined;
    if (shape === undefined) throw badValue('they refer to a list of keys that is not there');
    return shape;
  }

  end(): void {
    if (this.#shapes.length > 0) this.#shapes = [];
  }
}
