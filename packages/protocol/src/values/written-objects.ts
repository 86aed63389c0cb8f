/** How many objects are looked up by a loop before a map takes over. */
const LINEAR_OBJECTS = 12;

/** The objects of one value that have been written, by number: later occurrences refer to the first. */
export class WrittenObjects {
  /** Slots are emptied rather than removed: setting the length of an array is slow. */
  #objects: (object | undefined)[] = [];
  #count = 0;
  #indexes: Map<object, number> | undefined;

  /** Gives an object the next number. */
  add(value: object): void {
    const index = this.#count++;
    this.#objects[index] = value;
    if (this.#indexes !== undefined) this.#indexes.set(value, index);
    else if (index === LINEAR_OBJECTS) {
      this.#indexes = new Map();
      for (let i = 0; i <= index; i++) this.#indexes.set(this.#objects[i] as object, i);
    }
  }

  /** Number of an object, or -1. */
  indexOf(value: object): number {
    if (this.#indexes !== undefined) return this.#indexes.get(value) ?? -1;
    const objects = this.#objects;
    for (let i = 0; i < this.#count; i++) if (objects[i] === value) return i;
    return -1;
  }

  end(): void {
    if (this.#count > LINEAR_OBJECTS) {
      this.#objects = [];
      this.#indexes = undefined;
    } else {
      for (let i = 0; i < this.#count; i++) this.#objects[i] = undefined;
    }
    this.#count = 0;
  }
}
