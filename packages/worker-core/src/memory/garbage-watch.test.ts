import { expect, it } from '@jest/globals';

import { GarbageWatch } from './garbage-watch.js';

const MIB = 2 ** 20;

it('counts what came that is neither results nor on a heap', () => {
  const watch = new GarbageWatch();
  expect(watch.look({ process: 300 * MIB, managed: 100 * MIB, heap: 50 * MIB })).toBe(0);
  expect(watch.look({ process: 363 * MIB, managed: 100 * MIB, heap: 50 * MIB })).toBe(63 * MIB);
});

it('does not mind results, nor what tasks have on their heaps', () => {
  const watch = new GarbageWatch();
  watch.look({ process: 100 * MIB, managed: 0, heap: 0 });
  expect(watch.look({ process: 900 * MIB, managed: 500 * MIB, heap: 300 * MIB })).toBe(0);
});

it('notices results that were dropped while their memory stayed', () => {
  const watch = new GarbageWatch();
  watch.look({ process: 500 * MIB, managed: 400 * MIB, heap: 0 });
  expect(watch.look({ process: 500 * MIB, managed: 300 * MIB, heap: 0 })).toBe(100 * MIB);
});

it('takes what a collection leaves for used', () => {
  const watch = new GarbageWatch();
  watch.look({ process: 100 * MIB, managed: 0, heap: 0 });
  expect(watch.look({ process: 400 * MIB, managed: 0, heap: 0 })).toBe(300 * MIB);
  watch.noteCollected();
  expect(watch.look({ process: 400 * MIB, managed: 0, heap: 0 })).toBe(0);
  expect(watch.look({ process: 470 * MIB, managed: 0, heap: 0 })).toBe(70 * MIB);
});

it('goes by the least that was seen, as threads may collect later', () => {
  const watch = new GarbageWatch();
  watch.noteCollected();
  watch.look({ process: 400 * MIB, managed: 0, heap: 0 });
  watch.look({ process: 100 * MIB, managed: 0, heap: 0 });
  expect(watch.look({ process: 180 * MIB, managed: 0, heap: 0 })).toBe(80 * MIB);
});
