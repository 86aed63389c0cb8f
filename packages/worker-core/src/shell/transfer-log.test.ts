import { describe, expect, it } from '@jest/globals';

import { TransferLog } from './transfer-log.js';

describe('TransferLog', () => {
  it('keeps the last thousand of each direction, and not many more', () => {
    const log = new TransferLog();
    for (let at = 0; at < 5000; at += 1) log.cameIn({ at, peer: 'p', count: 1, bytes: 1, ms: 1 });
    const { incoming, outgoing } = log.all;
    expect(outgoing).toEqual([]);
    expect(incoming.at(-1)?.at).toBe(4999);
    expect(incoming.length).toBeGreaterThanOrEqual(1000);
    expect(incoming.length).toBeLessThan(2000);
  });

  it('learns how fast large values come, and nothing from small ones', () => {
    const log = new TransferLog();
    const cameIn = (bytes: number, ms: number): void => log.cameIn({ at: 0, peer: 'p', count: 1, bytes, ms });
    cameIn(1000, 1000);
    expect(log.bandwidth).toBe(0);
    cameIn(10_000_000, 100);
    expect(log.bandwidth).toBe(100_000_000);
    cameIn(10_000_000, 1000);
    expect(log.bandwidth).toBe(82_000_000);
  });
});
