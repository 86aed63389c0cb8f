import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { UnmanagedHistory } from './unmanaged-history.js';

it('takes for old what has been there for the last half minute', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(12_000), fc.nat(100)), { minLength: 1 }), (steps) => {
      const history = new UnmanagedHistory();
      const all: { at: number; bytes: number }[] = [];
      let now = 0;
      for (const [wait, bytes] of steps) {
        now += wait;
        history.add(now, bytes);
        all.push({ at: now, bytes });
        const recent = all.filter(({ at }) => at >= now - 30_000);
        expect(history.old).toBe(Math.min(...recent.map((sample) => sample.bytes)));
      }
    }),
  );
});
