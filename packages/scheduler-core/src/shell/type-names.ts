/** With more types than this, further ones share the number for "unknown": names come from users' classes. */
const TYPES_MAX = 100_000;

/** Names of result types and their numbers, from 1 on; 0 is a type that is not known. */
export class TypeNames {
  readonly #names: string[] = [''];
  readonly #numbers = new Map<string, number>();

  /** The number of a name, given on first sight. */
  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length > TYPES_MAX) return 0;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }
}
