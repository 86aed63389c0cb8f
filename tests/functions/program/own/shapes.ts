/* Classes of the program. */
export class Shape {
  constructor(readonly name: string) {}
  describe(): string {
    return `shape ${this.name}`;
  }
}

export class Circle extends Shape {
  static unit = new Map([['r', 1]]);
  static make(r: number): Circle {
    return new Circle(r);
  }
  constructor(readonly r: number) {
    super('circle');
  }
  get area(): number {
    return this.r ** 2 * 3;
  }
  set size(area: number) {
    Object.assign(this, { r: Math.sqrt(area / 3) });
  }
  override describe(): string {
    return `${super.describe()} ${this.area}`;
  }
  *[Symbol.iterator](): Generator<number> {
    yield this.r;
  }
}

export class Money {
  constructor(
    readonly cents: number,
    readonly currency: string,
  ) {}
  static [Symbol.for('grid.serialize')](money: Money): unknown {
    return [money.cents, money.currency];
  }
  static [Symbol.for('grid.deserialize')]([cents, currency]: [number, string]): Money {
    return new Money(cents, currency);
  }
}

export class Secret {
  #v: number;
  constructor(v = 1) {
    this.#v = v;
  }
  reveal(): number {
    return this.#v;
  }
}

export class SecretMethod {
  #hidden(): number {
    return 2;
  }
  reveal(): number {
    return this.#hidden();
  }
}

export class StaticSecret {
  static #hidden = 5;
  static reveal(): number {
    return StaticSecret.#hidden;
  }
}

export class Registry extends Map<string, number> {
  total(): number {
    return [...this.values()].reduce((sum, n) => sum + n, 0);
  }
}

export class Stack extends Array<number> {
  top(): number | undefined {
    return this.at(-1);
  }
}

export class MyError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = 'MyError';
    this.status = status;
  }
  short(): string {
    return `${this.status} ${this.message}`;
  }
}

const key = 'computed';

export class Computed {
  [key](): string {
    return 'by key';
  }
  static readonly field = { n: 3 };
  static readonly square = (x: number): number => x * x;
}
