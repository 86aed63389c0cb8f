import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Strangers } from './strangers.js';

describe('Strangers', () => {
  it('turns the newcomer away where the others have only just come', () => {
    const strangers = new Strangers({ totalMax: 2, perHostMax: 2, patienceMs: 100 }, () => 0);
    expect(strangers.admit({ host: 'a', drop: () => {} })).toBeDefined();
    expect(strangers.admit({ host: 'b', drop: () => {} })).toBeDefined();
    expect(strangers.admit({ host: 'c', drop: () => {} })).toBeUndefined();
  });

  it('makes room by dropping the one that has been there longest', () => {
    let now = 0;
    const dropped: string[] = [];
    const strangers = new Strangers({ totalMax: 2, perHostMax: 2, patienceMs: 100 }, () => now);
    strangers.admit({ host: 'a', drop: () => dropped.push('a') });
    strangers.admit({ host: 'b', drop: () => dropped.push('b') });
    now = 100;
    expect(strangers.admit({ host: 'c', drop: () => dropped.push('c') })).toBeDefined();
    expect(dropped).toEqual(['a']);
  });

  it('keeps one host from taking the places of all others', () => {
    let now = 0;
    const dropped: string[] = [];
    const strangers = new Strangers({ totalMax: 4, perHostMax: 2, patienceMs: 100 }, () => now);
    strangers.admit({ host: 'good', drop: () => dropped.push('good') });
    for (let time = 0; time < 10; time += 1) {
      now += 100;
      strangers.admit({ host: 'bad', drop: () => dropped.push('bad') });
    }
    expect(dropped).toEqual(new Array(8).fill('bad'));
  });

  it('never holds more than its bounds, and forgets those that leave', () => {
    const steps = fc.array(
      fc.record({ host: fc.constantFrom('a', 'b', 'c'), leave: fc.boolean(), waitMs: fc.nat(80) }),
    );
    fc.assert(
      fc.property(steps, (events) => {
        let now = 0;
        const present = new Map<object, { host: string; leave: () => void }>();
        const strangers = new Strangers({ totalMax: 4, perHostMax: 2, patienceMs: 100 }, () => now);
        for (const { host, leave, waitMs } of events) {
          now += waitMs;
          const [first] = present.keys();
          if (leave && first !== undefined) {
            present.get(first)?.leave();
            present.delete(first);
          } else {
            const stranger = { host, drop: () => void present.delete(stranger) };
            const onLeave = strangers.admit(stranger);
            if (onLeave !== undefined) present.set(stranger, { host, leave: onLeave });
          }
          expect(strangers.size).toBe(present.size);
          expect(present.size).toBeLessThanOrEqual(4);
          for (const name of ['a', 'b', 'c']) {
            expect([...present.values()].filter((one) => one.host === name).length).toBeLessThanOrEqual(2);
          }
        }
        strangers.dropAll();
        expect([strangers.size, present.size]).toEqual([0, 0]);
      }),
    );
  });
});
