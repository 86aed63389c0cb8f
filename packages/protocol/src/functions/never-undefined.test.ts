import { describe, expect, test } from '@jest/globals';
import { parseExpressionAt } from 'acorn';
import { isNeverUndefined } from './never-undefined.js';

const read = (text: string): boolean => isNeverUndefined(parseExpressionAt(text, 0, { ecmaVersion: 'latest' }));

describe('a value is never undefined', () => {
  test.each([
    '1',
    'null',
    '`${x}`',
    '[x]',
    '({ x })',
    '() => x',
    'class {}',
    'new X()',
    'x + y',
    'x in y',
    'x++',
    'typeof x',
    'import("x")',
    'x = 1',
    '(f(), 1)',
    'x ? 1 : 2',
    'x ?? 1',
    'x || []',
    '__name(() => x, "x")',
  ])('%s', (text) => expect(read(text)).toBe(true));
});

describe('a value may be undefined', () => {
  test.each(['x', 'x.y', 'f()', 'void 0', 'x = y', 'x ??= y', '(1, f())', 'x ? 1 : y', 'x && 1', 'f`x`', 'x?.y'])(
    '%s',
    (text) => expect(read(text)).toBe(false),
  );
});
