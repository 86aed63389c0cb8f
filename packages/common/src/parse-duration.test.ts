import { describe, expect, it } from '@jest/globals';

import { parseDuration } from './parse-duration.js';

describe('parseDuration', () => {
  it.each([
    [250, 250],
    [Infinity, Infinity],
    ['250 ms', 250],
    ['10s', 10_000],
    ['1.5 min', 90_000],
    ['2h', 7_200_000],
    ['500us', 0.5],
  ])('reads %p', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([-1, NaN, '10', '', 's', '1 fortnight', '1'.repeat(50)])('refuses %p', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'GRID_COMMON_BAD_DURATION' }));
  });
});
