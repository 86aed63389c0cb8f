import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CommError } from './errors.js';
import { bytesOf, ReceiveQueue } from './receive-queue.js';

const BOUNDS = { queuedBytesMax: 100, queuedMessagesMax: 4 };

function rig(bounds = BOUNDS) {
  const told: string[] = [];
  const queue = new ReceiveQueue(bounds, { onHungry: () => told.push('hungry'), onRoom: () => told.push('room') });
  return { queue, told };
}

const message = (bytes: number) => [new Uint8Array(bytes)];

describe('a receive queue', () => {
  it('hands out messages in order, also to a reader that was there first', async () => {
    const { queue, told } = rig();
    const first = queue.next();
    expect(told).toEqual(['hungry']);
    queue.push(message(1));
    queue.push(message(2));
    expect(bytesOf((await first).value)).toBe(1);
    expect(bytesOf((await queue.next()).value)).toBe(2);
    expect(queue.isEmpty).toBe(true);
  });

  it('is full by bytes or by messages, and has room again when half of it is read', async () => {
    for (const [bytes, count, readForRoom] of [
      [50, 2, 1],
      [1, 4, 2],
    ] as const) {
      const { queue, told } = rig();
      for (let index = 0; index < count; index++) {
        expect(queue.isFull).toBe(false);
        queue.push(message(bytes));
      }
      expect(queue.isFull).toBe(true);
      for (let index = 0; index < readForRoom; index++) {
        expect(told).toEqual([]);
        await queue.next();
      }
      expect(told).toEqual(['room']);
      expect(queue.isFull).toBe(false);
    }
  });

  it('tells of room when its bounds grow, and is full when they shrink', () => {
    const { queue, told } = rig();
    queue.push(message(100));
    queue.setBounds({ queuedBytesMax: 1000, queuedMessagesMax: 10 });
    expect(told).toEqual(['room']);
    queue.setBounds(BOUNDS);
    expect(queue.isFull).toBe(true);
  });

  it('yields what is there before its end, then the end, for ever', async () => {
    const { queue } = rig();
    queue.push(message(1));
    queue.end();
    queue.push(message(2));
    queue.fail(new CommError('GRID_COMM_RESET', 'later'));
    expect((await queue.next()).done).toBe(false);
    expect((await queue.next()).done).toBe(true);
    expect((await queue.next()).done).toBe(true);
  });

  it('yields what is there before its failure, then the failure, for ever', async () => {
    const { queue } = rig();
    const error = new CommError('GRID_COMM_RESET', 'gone');
    queue.push(message(1));
    queue.fail(error);
    expect((await queue.next()).done).toBe(false);
    await expect(queue.next()).rejects.toBe(error);
    await expect(queue.next()).rejects.toBe(error);
  });

  it('is empty after it was cleared', async () => {
    const { queue } = rig();
    for (let index = 0; index < 3; index++) queue.push(message(1));
    queue.clear();
    queue.end();
    expect((await queue.next()).done).toBe(true);
  });

  it('behaves as a list, however pushes and reads alternate', async () => {
    const steps = fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(steps, async (changes) => {
        const { queue } = rig({ queuedBytesMax: 2_000, queuedMessagesMax: 100_000 });
        const pushed: number[] = [];
        const read: number[] = [];
        for (const change of changes) {
          for (let count = 0; count < change; count++) {
            pushed.push(pushed.length & 0xff);
            queue.push([Uint8Array.of(pushed.length - 1)]);
          }
          for (let count = 0; count < -change && read.length < pushed.length; count++) {
            read.push((await queue.next()).value[0][0]);
          }
          const left = pushed.length - read.length;
          expect(read).toEqual(pushed.slice(0, read.length));
          expect(queue.isEmpty).toBe(left === 0);
          if (left >= 2_000) expect(queue.isFull).toBe(true);
          if (left <= 1_000) expect(queue.isFull).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });
});
