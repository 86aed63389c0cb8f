import { createDeferred, nullLogger } from '@grid/common';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { lifetimeEnd, startLifetime } from './lifetime.js';

describe('the time of a worker', () => {
  it('is up within its stagger of its lifetime', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (lifetimeMs, part, chance) => {
          const staggerMs = lifetimeMs * part;
          const end = lifetimeEnd({ lifetimeMs, staggerMs }, chance);
          expect(end).toBeGreaterThanOrEqual(lifetimeMs - staggerMs - 1e-6);
          expect(end).toBeLessThanOrEqual(lifetimeMs + staggerMs + 1e-6);
        },
      ),
    );
  });

  it.each([
    [{ lifetimeMs: 0 }],
    [{ lifetimeMs: Number.NaN }],
    [{ lifetimeMs: 10, staggerMs: 11 }],
    [{ lifetimeMs: 10, staggerMs: -1 }],
  ])('is not %p', (options) => {
    expect(() => lifetimeEnd(options, 0.5)).toThrow(expect.objectContaining({ code: 'GRID_WORKER_BAD_OPTION' }));
  });

  it.each([true, false])('has it leave in order, to be started anew if so wished: %p', async (restart) => {
    const left = createDeferred<string>();
    const worker = { closed: left.promise, closeGracefully: async (reason: string) => left.resolve(reason) };
    const lifetime = startLifetime(worker, { lifetimeMs: 1, restart }, nullLogger);
    expect(lifetime.wantsRestart).toBe(false);
    // It keeps no process alive by itself.
    const alive = setTimeout(() => {}, 10_000);
    expect(await left.promise).toMatch(/lifetime/);
    clearTimeout(alive);
    expect(lifetime.wantsRestart).toBe(restart);
  });
});
