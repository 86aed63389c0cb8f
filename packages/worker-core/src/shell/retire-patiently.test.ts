import { describe, expect, it } from '@jest/globals';

import { retirePatiently } from './retire-patiently.js';

describe('a patient retirement', () => {
  it('is tried again until it succeeds, in the time that is left', async () => {
    const times: number[] = [];
    const retire = async (timeoutMs: number): Promise<boolean> => times.push(timeoutMs) === 2;
    await retirePatiently(retire, { timeoutMs: 10_000, signal: new AbortController().signal });
    expect(times).toHaveLength(2);
    expect(times[1]).toBeLessThan(times[0] ?? 0);
  });

  it('ends when the worker closes', async () => {
    const controller = new AbortController();
    let tries = 0;
    const retire = async (): Promise<boolean> => {
      tries += 1;
      queueMicrotask(() => controller.abort());
      return false;
    };
    await retirePatiently(retire, { timeoutMs: 600_000, signal: controller.signal });
    expect(tries).toBe(1);
  });

  it('ends when its time is up', async () => {
    await retirePatiently(async () => false, { timeoutMs: 1, signal: new AbortController().signal });
  });
});
