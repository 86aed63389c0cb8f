import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';

import { CommonError, isGridError, messageOf } from './errors.js';

describe('isGridError', () => {
  it('knows errors by their mark and their code, not by their class', () => {
    const error = new CommonError('GRID_COMMON_TIMEOUT', 'late', { cause: 'why', details: { ms: 5 } });
    expect(isGridError(error)).toBe(true);
    expect(isGridError(error, 'GRID_COMMON_TIMEOUT')).toBe(true);
    expect(isGridError(error, 'GRID_COMMON_BAD_SIZE')).toBe(false);
    expect(error).toMatchObject({ cause: 'why', details: { ms: 5 }, name: 'CommonError [GRID_COMMON_TIMEOUT]' });
  });

  it.each([null, undefined, 'text', { code: 'GRID_COMMON_TIMEOUT' }, new TypeError('x')])(
    'is false for %p',
    (value) => {
      expect(isGridError(value)).toBe(false);
    },
  );
});

describe('messageOf', () => {
  it('reads whatever was thrown, of whichever realm', () => {
    expect(messageOf(new TypeError('a'))).toBe('a');
    expect(messageOf(runInNewContext('new Error("b")'))).toBe('b');
    expect(messageOf(null)).toBe('null');
    expect(messageOf('c')).toBe('c');
    expect(messageOf({ [Symbol.toPrimitive]: () => ({}) })).toBe('a value that cannot be printed');
  });
});
