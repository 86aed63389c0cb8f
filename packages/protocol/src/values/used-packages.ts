import { copyKindOf } from './package-copies.js';
import type { CopyKind } from './package-copies.js';
import type { LazySerializer } from './serializers.js';

/** The lazy serializers that one value needs, and in which copies of their packages its parts were made. */
export class UsedPackages {
  readonly #used = new Map<string, CopyKind>();
  /** Looking for the copy that a class is from takes long. */
  readonly #copyKinds = new WeakMap<object, CopyKind>();

  get isEmpty(): boolean {
    return this.#used.size === 0;
  }

  add({ name, packageName }: LazySerializer, value: object): void {
    if (this.#used.has(name)) return;
    const prototype = Object.getPrototypeOf(value) as object;
    let kind = this.#copyKinds.get(prototype);
    if (kind === undefined) {
      kind = copyKindOf(value.constructor, packageName);
      this.#copyKinds.set(prototype, kind);
    }
    this.#used.set(name, kind);
  }

  /** Names and copies, as they travel. */
  entries(): [name: string, copy: CopyKind][] {
    return [...this.#used];
  }

  end(): void {
    if (this.#used.size > 0) this.#used.clear();
  }
}
