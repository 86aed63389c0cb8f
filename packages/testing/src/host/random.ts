/**
 * Numbers drawn from a seed: the only source of chance in a simulation.
 *
 * Whatever draws on its own behalf forks a source by its name, so that taking one thing out of a world leaves what all
 * others draw as it was. That is what makes failures shrink.
 */
export class Random {
  readonly seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed - An integer; its lower 32 bits count. */
  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#a = this.seed;
    this.#b = mix(this.seed ^ 0x9e3779b9);
    this.#c = mix(this.seed ^ 0x85ebca6b);
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** From 0 on and below 1. (The generator is sfc32.) */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** From `min` on and below `max`. */
  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  /** Between `min` and `max`, small ones far more often: each doubling is as likely as any other. Both above 0. */
  spread(min: number, max: number): number {
    return min * (max / min) ** this.next();
  }

  /** Whether something happens that has this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** Another source, the same for the same name, whatever was drawn here. */
  fork(name: string | number): Random {
    return new Random(hashText(String(name), this.seed ^ 0x6a09e667));
  }
}

/** A 32-bit hash of a text. */
export function hashText(text: string, seed = 0): number {
  let hash = seed ^ text.length;
  for (let index = 0; index < text.length; index += 1) hash = mixInto(hash, text.charCodeAt(index));
  return mix(hash);
}

/** A hash of what was hashed so far and one more number. */
export function mixInto(hash: number, value: number): number {
  const word = Math.imul(value | 0, 0xcc9e2d51);
  const turned = hash ^ Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads the bits of a number, so that close ones come to lie far apart. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
