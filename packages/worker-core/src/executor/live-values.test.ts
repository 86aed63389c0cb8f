import { describe, expect, it } from '@jest/globals';

import { LiveValues } from './live-values.js';

describe('LiveValues', () => {
  it('lets go of what was used longest ago when there are too many', () => {
    const live = new LiveValues({ bytesMax: 1000, countMax: 2 });
    live.set(1, 'a', 1);
    live.set(2, 'b', 1);
    expect(live.get(1)).toBe('a');
    live.set(3, 'c', 1);
    expect([live.has(1), live.has(2), live.has(3)]).toEqual([true, false, true]);
  });

  it('lets go of as much as a new value needs', () => {
    const live = new LiveValues({ bytesMax: 100, countMax: 100 });
    live.set(1, 'a', 60);
    live.set(2, 'b', 30);
    live.set(3, 'c', 50);
    expect([live.has(1), live.has(2), live.has(3)]).toEqual([false, true, true]);
    live.delete(2);
    live.set(4, 'd', 50);
    expect([live.has(3), live.has(4)]).toEqual([true, true]);
  });

  it('does not take what is too large, nor keep what was there before it', () => {
    const live = new LiveValues({ bytesMax: 100, countMax: 100 });
    live.set(1, 'old', 10);
    live.set(1, 'new', 101);
    expect(live.has(1)).toBe(false);
    expect(live.size).toBe(0);
  });
});
