import { describe, expect, it } from '@jest/globals';
import { isGridError } from '@grid/common';
import fc from 'fast-check';
import { keyFor, keyOf, parseKey, type KeyLike, type KeyPart } from './key.js';

const part: fc.Arbitrary<KeyPart> = fc.letrec<{ part: KeyPart }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: fc.constantFrom('a', "'", '\\', ',', ' ', '(', ')', '1', '-', 'é') }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.integer(),
    fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
  ),
})).part;
const tuple = fc.array(part, { minLength: 1, maxLength: 4 });

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return isGridError(error) ? error.code : String(error);
  }
  return undefined;
}

describe('keyOf', () => {
  it('prints a tuple as people write it', () => {
    expect(keyOf(['x', 0, 1])).toBe("('x', 0, 1)");
    expect(keyOf(['x'])).toBe("('x',)");
    expect(keyOf([['a', 1], 2.5])).toBe("(('a', 1), 2.5)");
  });

  it('tells integers and strings with equal text apart', () => {
    expect(keyOf(['x', 1])).not.toBe(keyOf(['x', '1']));
  });

  it('leaves strings as they are', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => keyOf(text) === text));
  });

  it('prints every tuple so that parseKey gives it back, and thus no two tuples alike', () => {
    fc.assert(
      fc.property(tuple, (key) => {
        expect(parseKey(keyOf(key))).toEqual(normalised(key));
      }),
    );
  });

  it('can be applied to what it printed', () => {
    fc.assert(fc.property(tuple, (key) => keyOf(keyOf(key)) === keyOf(key)));
  });

  it.each<[string, KeyLike]>([
    ['an empty string', ''],
    ['an empty tuple', []],
    ['NaN', ['x', Number.NaN]],
    ['an infinity', ['x', Infinity]],
    ['another type', ['x', true as unknown as number]],
  ])('refuses %s', (_, key) => {
    expect(codeOf(() => keyOf(key))).toBe('GRID_GRAPH_BAD_KEY');
  });

  it('refuses a tuple that contains itself instead of overflowing', () => {
    const key: unknown[] = ['x'];
    key.push(key);
    expect(codeOf(() => keyOf(key as KeyPart[]))).toBe('GRID_GRAPH_BAD_KEY');
  });
});

describe('parseKey', () => {
  it('is the inverse of keyOf on any text', () => {
    const text = fc.string({ unit: fc.constantFrom('(', ')', "'", ',', ' ', 'a', '1', '\\', '-') });
    fc.assert(fc.property(text, (key) => key === '' || keyOf(parseKey(key)) === key));
  });

  it('takes text that only resembles a tuple for a name', () => {
    for (const name of ["('x'", "('x',0)", '(x, 1)', '()', "('x', 01)", "('x', 1))"]) expect(parseKey(name)).toBe(name);
  });
});

describe('keyFor', () => {
  it('joins name and token', () => {
    expect(keyFor('inc', 'abc')).toBe('inc-abc');
  });
});

function normalised(value: KeyPart): KeyPart {
  if (typeof value === 'object') return value.map(normalised);
  return value === 0 ? 0 : value;
}
