import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { MemoryFractions } from '../options.js';
import { MemoryPolicy, type MemoryView } from './memory-policy.js';

const FRACTIONS: MemoryFractions = { target: 0.6, spill: 0.7, pause: 0.8 };
const view = (process: number, managed = process, isDiskFailing = false): MemoryView => ({
  process,
  managed,
  isDiskFailing,
});

describe('MemoryPolicy', () => {
  it('spills from the spill fraction on, down to the target', () => {
    const policy = new MemoryPolicy(1000, FRACTIONS);
    expect(policy.look(view(690)).evictBytes).toBe(0);
    expect(policy.look(view(710)).evictBytes).toBe(110);
    policy.noteCollected();
    expect(policy.look(view(650)).evictBytes).toBe(50);
    policy.noteCollected();
    expect(policy.look(view(600)).evictBytes).toBe(0);
    policy.noteCollected();
    expect(policy.look(view(690)).evictBytes).toBe(0);
  });

  it('waits for a collection before it moves more, and asks for one', () => {
    const policy = new MemoryPolicy(1000, FRACTIONS);
    expect(policy.look(view(710))).toMatchObject({ evictBytes: 110, shouldCollect: true });
    expect(policy.look(view(710)).evictBytes).toBe(0);
    policy.noteCollected();
    expect(policy.look(view(710)).evictBytes).toBe(110);
  });

  it('pauses above the pause fraction, and takes work again a little below it', () => {
    const policy = new MemoryPolicy(1000, FRACTIONS);
    const paused = [800, 801, 790, 781, 780, 790, 801].map((process) => policy.look(view(process, 0)).isPaused);
    expect(paused).toEqual([false, true, true, true, false, false, true]);
  });

  it('pauses beyond the target while the disk refuses', () => {
    const policy = new MemoryPolicy(1000, FRACTIONS);
    expect(policy.look(view(610, 610, true)).isPaused).toBe(true);
    expect(policy.look(view(610, 590, true)).isPaused).toBe(false);
    expect(policy.look(view(610, 610, false)).isPaused).toBe(false);
  });

  it('says when it is not results that take the memory', () => {
    const policy = new MemoryPolicy(1000, FRACTIONS);
    expect(policy.look(view(750, 500)).isUnmanagedHigh).toBe(false);
    expect(policy.look(view(750, 20)).isUnmanagedHigh).toBe(true);
  });

  it('does nothing at limits that are switched off', () => {
    const policy = new MemoryPolicy(1000, { target: false, spill: false, pause: false });
    expect(policy.look(view(2000))).toMatchObject({ evictBytes: 0, isPaused: false });
  });

  it('never asks for more than there is, and does nothing as long as memory is below the target', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1200), fc.nat(100))), (looks) => {
        const policy = new MemoryPolicy(1000, FRACTIONS);
        for (const [process, percent] of looks) {
          const managed = Math.floor((process * percent) / 100);
          const action = policy.look(view(process, managed));
          expect(action.evictBytes).toBeLessThanOrEqual(managed);
          expect(action.isPaused).toBe(process > 800 || (action.isPaused && process > 780));
          if (process <= 600) expect(action).toMatchObject({ evictBytes: 0, isPaused: false, shouldCollect: false });
          policy.noteCollected();
        }
      }),
    );
  });
});
