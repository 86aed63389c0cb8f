import { describe, expect, it } from '@jest/globals';
import { createDeferred } from '@grid/common';
import fc from 'fast-check';

import { StepGate } from './step-gate.js';

const ignore = (): void => {};

describe('a gate', () => {
  it('runs steps at once while nothing takes time, and lets their errors through to who brought them', () => {
    const ran: number[] = [];
    const gate = new StepGate(ignore);
    gate.run(() => ran.push(1));
    expect(ran).toEqual([1]);
    expect(() =>
      gate.run(() => {
        throw new RangeError('own');
      }),
    ).toThrow('own');
  });

  it('holds steps up behind one that takes time, and goes on after one that fails', async () => {
    const errors: unknown[] = [];
    const ran: string[] = [];
    const gate = new StepGate((error) => errors.push(error));
    const slow = createDeferred<void>();
    const held = gate.hold(() => slow.promise);
    gate.run(() => ran.push('a'));
    gate.run(() => {
      throw new RangeError('b');
    });
    const passed = gate.pass().then(() => ran.push('c'));
    expect(ran).toEqual([]);
    slow.reject(new TypeError('slow'));
    await expect(held).rejects.toThrow('slow');
    await passed;
    expect(ran).toEqual(['a', 'c']);
    expect(errors).toEqual([new RangeError('b')]);
  });

  it('keeps every order of steps, quick and slow, also of those that steps bring', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('quick', 'slow', 'nested'), { maxLength: 12 }), async (kinds) => {
        const ran: number[] = [];
        const gate = new StepGate(ignore);
        const all: Promise<unknown>[] = [];
        const note = (n: number): void => void ran.push(n);
        kinds.forEach((kind, n) => {
          if (kind === 'slow') {
            all.push(
              gate.hold(async () => {
                await Promise.resolve();
                note(n);
              }),
            );
          } else gate.run(() => note(n));
          if (kind === 'nested') gate.run(() => gate.run(() => undefined));
        });
        await Promise.all(all);
        await gate.pass();
        expect(ran).toEqual(kinds.map((_, n) => n));
      }),
    );
  });

  it('that is closed drops what waits, and waits for what is under way', async () => {
    const ran: string[] = [];
    const gate = new StepGate(ignore);
    const slow = createDeferred<void>();
    void gate.hold(async () => {
      await slow.promise;
      ran.push('slow');
    });
    gate.run(() => ran.push('waited'));
    const closed = gate.close().then(() => ran.push('closed'));
    gate.run(() => ran.push('late'));
    slow.resolve();
    await closed;
    expect(ran).toEqual(['slow', 'closed']);
  });
});
