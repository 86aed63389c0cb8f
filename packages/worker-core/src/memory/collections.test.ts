import { describe, expect, it } from '@jest/globals';

import { Collections } from './collections.js';

describe('Collections', () => {
  it('leaves twenty times as long between two collections of garbage as the first of them took', () => {
    let now = 1000;
    const collections = new Collections(() => now);
    const collect = (): void => {
      now += 10;
    };
    collections.run('garbage', collect);
    expect(collections.count).toBe(1);
    now += 199;
    collections.run('garbage', collect);
    expect(collections.count).toBe(1);
    now += 1;
    collections.run('garbage', collect);
    expect(collections.count).toBe(2);
  });

  it('may spend half of the time where work waits for memory', () => {
    let now = 1000;
    const collections = new Collections(() => now);
    const collect = (): void => {
      now += 10;
    };
    collections.run('shortage', collect);
    now += 19;
    collections.run('shortage', collect);
    expect(collections.count).toBe(1);
    now += 1;
    collections.run('shortage', collect);
    expect(collections.count).toBe(2);
  });
});
