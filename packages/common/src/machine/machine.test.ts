import { describe, expect, it } from '@jest/globals';
import { availableParallelism, totalmem } from 'node:os';

import { cpuCount, memoryLimit } from './index.js';

describe('what this machine offers', () => {
  it('is at least one core and no more than the host has', () => {
    expect(Number.isSafeInteger(cpuCount())).toBe(true);
    expect(cpuCount()).toBeGreaterThan(0);
    expect(cpuCount()).toBeLessThanOrEqual(availableParallelism());
  });

  it('is some memory and no more than the host has', () => {
    expect(memoryLimit()).toBeGreaterThan(0);
    expect(memoryLimit()).toBeLessThanOrEqual(totalmem());
  });
});
