import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyGroup, keyPrefix } from './key-prefix.js';
import { keyFor, keyOf } from './key.js';

const TOKEN = 'ae05086432ca935f6eba409a8ecd4896';

describe('keyPrefix', () => {
  it.each([
    ['x', 'x'],
    ['x-1', 'x'],
    ['x-1-2-3', 'x'],
    ['inc-3f2a9c', 'inc'],
    [`inc-${TOKEN}`, 'inc'],
    [`inc-${TOKEN}-17`, 'inc'],
    ['read-csv-17', 'read-csv'],
    ['hello-world-1', 'hello-world'],
    ['x-abcdefab', 'x'],
    ['x-abcdefabcdef', 'x'],
    ['x-faced', 'x-faced'],
    ['x-größe-1', 'x-größe'],
    ['x--1', 'x'],
    ['inc2-1', 'inc2'],
    [TOKEN, 'data'],
    [`${TOKEN}-3`, 'data'],
    [`('${TOKEN}', 1)`, 'data'],
    ["('x-2', 1)", 'x'],
    ["('hello-world', 1)", 'hello-world'],
    ["(('sum-1', 2), 3)", 'sum'],
    ["('it\\'s-1', 2)", "it's"],
    ['(0, 1)', '0'],
    ['_(x)', 'x'],
    ['_inc-1', 'inc'],
    ['<module.submodule.myclass object at 0xdaf372', 'myclass'],
    ['', 'Other'],
    ['-', 'Other'],
    ['((', 'Other'],
  ])('of %s is %s', (key, prefix) => {
    expect(keyPrefix(key)).toBe(prefix);
  });

  it('is the name of every named key', () => {
    const name = fc.stringMatching(/^[a-z]{1,7}(-[g-z]{1,9}){0,2}$/);
    const token = fc.stringMatching(/^[0-9a-f]{31}[0-9]$/);
    fc.assert(
      fc.property(name, token, (n, t) => keyPrefix(keyFor(n, t)) === n && keyPrefix(keyOf([keyFor(n, t), 0])) === n),
    );
  });

  it('never fails and is never empty', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (key) => keyPrefix(key) !== '' && keyGroup(key) !== ''));
    const odd = fc.string({ unit: fc.constantFrom('(', "'", '<', '>', '-', '_', ' ', '.', '\\', ',', ')', 'a', '1') });
    fc.assert(fc.property(odd, (key) => keyPrefix(key) !== '' && keyGroup(key) !== ''));
  });
});

describe('keyGroup', () => {
  it.each([
    ["('x-2', 1)", 'x-2'],
    [`('sum-${TOKEN}', 4, 5)`, `sum-${TOKEN}`],
    [`('${TOKEN}', 4)`, 'data'],
    ["(('sum-1', 2), 3)", 'sum-1'],
    [`inc-${TOKEN}-17`, `inc-${TOKEN}`],
    [`inc-${TOKEN}`, 'inc'],
    ['x-1', 'x'],
    ['x-1-2-3', 'x'],
    ['read-csv-17', 'read-csv'],
    ['12345-6', '12345'],
    [TOKEN, 'data'],
    ['', 'Other'],
  ])('of %s is %s', (key, group) => {
    expect(keyGroup(key)).toBe(group);
  });
});
