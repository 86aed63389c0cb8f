import { describe, expect, it } from '@jest/globals';

import { Random } from '../src/host/random.js';
import { SimLoop } from '../src/host/sim-loop.js';
import { SimProcess } from '../src/host/sim-process.js';
import { Trace } from '../src/host/trace.js';

function createLoop(seed = 1): SimLoop {
  const random = new Random(seed);
  const outside = new SimProcess('outside', { random });
  return new SimLoop(outside, { random, trace: new Trace(10), nextTurn: setImmediate });
}

const forever = { isDone: () => false, eventsMax: 1000, timeMax: Infinity };

describe('SimLoop', () => {
  it('lets things happen in the order of their times, each when promises have come to rest', async () => {
    const loop = createLoop();
    const seen: string[] = [];
    const { outside } = loop;
    loop.after(outside, 5, 'late', () => seen.push('late'));
    loop.after(outside, 1, 'early', () => {
      seen.push('early');
      void Promise.resolve()
        .then(() => undefined)
        .then(() => seen.push('promised'));
    });
    expect(await loop.run(forever)).toBe('idle');
    expect(seen).toEqual(['early', 'promised', 'late']);
    expect(loop.now).toBe(5);
  });

  it('draws who is first among those of one moment', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      const loop = createLoop(seed);
      const seen: string[] = [];
      for (const name of ['a', 'b', 'c']) loop.after(loop.outside, 1, name, () => seen.push(name));
      await loop.run(forever);
      orders.add(seen.join(''));
    }
    expect(orders.size).toBeGreaterThan(3);
  });

  it('leaves a stopped process out until it goes on, and a dead one for ever', async () => {
    const loop = createLoop();
    const process = new SimProcess('p', { random: new Random(1) });
    const seen: [string, number][] = [];
    loop.after(process, 1, 'first', () => seen.push(['first', loop.now]));
    loop.after(process, 2, 'second', () => seen.push(['second', loop.now]));
    process.stoppedUntil = 10;
    await loop.run(forever);
    expect(seen).toEqual([
      ['first', 10],
      ['second', 10],
    ]);
    loop.after(process, 1, 'third', () => seen.push(['third', loop.now]));
    process.isDead = true;
    await loop.run(forever);
    expect(seen).toHaveLength(2);
  });

  it('ends turns in order, and what is queued meanwhile in the next turn', async () => {
    const loop = createLoop();
    const { outside } = loop;
    const seen: string[] = [];
    loop.atTurnEnd(outside, () => {
      seen.push('a');
      loop.atTurnEnd(outside, () => seen.push('c'));
    });
    loop.atTurnEnd(outside, () => seen.push('b'));
    const cancelled = loop.atTurnEnd(outside, () => seen.push('never'));
    cancelled.isCancelled = true;
    await loop.run(forever);
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});

describe('Random', () => {
  it('draws the same from the same seed, and forks that do not depend on what was drawn', () => {
    const one = new Random(7);
    const other = new Random(7);
    other.next();
    expect(one.fork('x').next()).toBe(other.fork('x').next());
    expect(one.fork('x').next()).not.toBe(one.fork('y').next());
  });

  it('spreads evenly', () => {
    const random = new Random(3);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 4000; draw += 1) counts[random.int(0, 3)]! += 1;
    for (const count of counts) expect(count).toBeGreaterThan(880);
  });
});
