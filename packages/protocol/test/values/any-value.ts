import fc from 'fast-check';

/* Arbitrary values of all kinds that travel. */

export const leaf = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 25, maxLength: 60 }),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  fc.boolean(),
  fc.constantFrom(
    null,
    undefined,
    -0,
    NaN,
    Infinity,
    '\ud800',
    'a\udc00b',
    '\ufeffbom',
    Symbol.iterator,
    Symbol.for('x'),
  ),
  fc.date({ noInvalidDate: true }),
);

const view = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.int8Array({ maxLength: 4 }),
  fc.float64Array({ maxLength: 20 }),
  fc.int16Array({ maxLength: 20 }),
  fc.uint16Array({ maxLength: 4 }),
  fc.int32Array({ maxLength: 4 }),
  fc.uint32Array({ maxLength: 4 }),
  fc.bigInt64Array({ maxLength: 20 }),
  fc.bigUint64Array({ maxLength: 4 }),
  fc.float32Array({ minLength: 300, maxLength: 400 }),
  fc.uint8ClampedArray({ maxLength: 10 }),
  fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 8, maxLength: 20 }).map(({ buffer }) => new DataView(buffer, 1, 5)),
  fc.uint8Array({ maxLength: 1500 }).map(({ buffer }) => buffer),
);

const object = fc.oneof(
  fc.constantFrom('', 'g', 'giu', 'y').map((flags) => Object.assign(new RegExp('a(b)?', flags), { lastIndex: 2 })),
  fc.webUrl().map((href) => new URL(href)),
  fc.webQueryParameters().map((query) => new URLSearchParams(query)),
  fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.bigInt()).map((value) => Object(value) as object),
);

const errorClasses = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError];

const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'then', 'toString', 'a', 'b', '0', '-1'));

type Tie = (name: 'value') => fc.Arbitrary<unknown>;

/** Containers and what else holds values. */
function containers(tie: Tie): fc.Arbitrary<unknown>[] {
  const record = fc.dictionary(key, tie('value'), { maxKeys: 8, noNullPrototype: false });
  return [
    fc.array(tie('value'), { maxLength: 12 }),
    fc.sparseArray(tie('value'), { maxLength: 12, maxNumElements: 6, noTrailingHole: false }),
    record,
    fc
      .tuple(record, tie('value'))
      .map(([properties, value]) => Object.assign(properties, { [Symbol.for('key')]: value })),
    fc.uniqueArray(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 6 }).map((items) => new Set(items)),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 2 }), tie('value'))
      .map(([items, extra]) => Object.assign(new Set(items), { extra })),
    fc
      .record({ kind: fc.nat(errorClasses.length - 1), message: fc.string(), cause: tie('value'), code: tie('value') })
      .map(({ kind, message, cause, code }) => {
        const errorClass = errorClasses[kind] as typeof Error;
        return Object.assign(new errorClass(message, { cause }), { code });
      }),
    fc.array(tie('value'), { maxLength: 3 }).map((errors) => new AggregateError(errors, 'several')),
    // The same object twice, and one that holds itself.
    tie('value').map((value) => [value, { again: value }]),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => {
      const cyclic: unknown[] = [...items];
      cyclic.push({ cyclic }, new Map([['cyclic', cyclic]]));
      return cyclic;
    }),
  ];
}

/** Any data. */
export const anything: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, view, object, ...containers(tie)),
})).value;

class Point {
  constructor(
    public x: unknown,
    public y: unknown,
  ) {}

  get sum(): unknown {
    return [this.x, this.y];
  }
}

class Point3 extends Point {
  z: unknown = -0;
}

class Registry extends Map<unknown, unknown> {
  label: unknown;
}

class List extends Array<unknown> {}

class Bytes extends Uint8Array {}

class Failure extends TypeError {
  constructor(
    message: string,
    readonly detail: unknown,
  ) {
    super(message);
  }
}

class Day extends Date {}

/** Data with instances of classes in it. */
export const withInstances: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.tuple(tie('value'), tie('value')).map(([x, y]) => new Point(x, y)),
    fc.tuple(tie('value'), tie('value')).map(([x, z]) => Object.assign(new Point3(x, 1), { z })),
    fc
      .tuple(tie('value'), tie('value'))
      .map(([entry, label]) => Object.assign(new Registry([[entry, entry]]), { label })),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => List.from(items)),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => new Bytes(bytes)),
    tie('value').map((detail) => new Failure('failed', detail)),
    fc.integer().map((time) => new Day(time)),
    ...containers(tie),
  ),
})).value;
