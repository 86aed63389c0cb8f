import { describe, expect, it } from '@jest/globals';

import { bytesFlag, durationFlag } from './flag-values.js';

describe('values of flags', () => {
  it('are times and sizes as people write them', () => {
    expect(durationFlag('death-timeout', '1.5 s')).toBe(1500);
    expect(bytesFlag('max-spill', '2 KiB')).toBe(2048);
    expect(bytesFlag('max-spill', '0')).toBe(0);
    expect(bytesFlag('max-spill', '4096')).toBe(4096);
  });

  it('are refused with the name of the flag', () => {
    const refused = { code: 'GRID_APP_BAD_OPTION' };
    expect(() => durationFlag('death-timeout', 'soon')).toThrow(/^--death-timeout: 'soon' is not a duration/);
    expect(() => durationFlag('death-timeout', 'soon')).toThrow(expect.objectContaining(refused));
    expect(() => bytesFlag('max-spill', 'much')).toThrow(/^--max-spill: 'much' is not a size/);
  });
});
