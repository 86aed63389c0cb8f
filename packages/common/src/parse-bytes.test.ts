import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { formatBytes, parseBytes } from './parse-bytes.js';

describe('parseBytes', () => {
  it.each([
    [1024, 1024],
    ['0', 0],
    ['1kB', 1000],
    ['64 MiB', 64 * 2 ** 20],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['2 TB', 2e12],
    [' 3 b ', 3],
  ])('reads %p', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([-1, NaN, Infinity, '', 'MiB', '1 XB', '-1', '1e1e1', '1'.repeat(50)])('refuses %p', (text) => {
    expect(() => parseBytes(text)).toThrow(expect.objectContaining({ code: 'GRID_COMMON_BAD_SIZE' }));
  });

  it('reads what it prints, but for the digits that were cut', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (bytes) => {
        expect(Math.abs(parseBytes(formatBytes(bytes)) - bytes)).toBeLessThanOrEqual(bytes * 0.06 + 1);
      }),
    );
  });
});
