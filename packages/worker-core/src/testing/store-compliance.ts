import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeValue, encodeValue } from '@grid/protocol';

import type { DataStore, StoredValue } from '../store/data-store.js';
import { isShared } from '../store/shared-bytes.js';

/** The rules that every store of results keeps. */
export function describeStoreCompliance(name: string, create: () => DataStore): void {
  describe(`${name} keeps the rules of stores`, () => {
    it('gives back what was put, with its key and its size', () => {
      const store = create();
      const payload = encodeValue({ text: 'x'.repeat(100), numbers: new Float64Array(2000).fill(4) });
      const nbytes = store.put(7, 'seven', payload);
      expect(nbytes).toBeGreaterThan(16_000);
      const value = store.get(7);
      expect(value).toMatchObject({ key: 'seven', nbytes });
      expect(value === undefined ? null : decodeValue(value.payload)).toEqual({
        text: 'x'.repeat(100),
        numbers: new Float64Array(2000).fill(4),
      });
    });

    it('counts values and their bytes', () => {
      const store = create();
      const first = store.put(1, 'a', encodeValue('x'.repeat(50)));
      const second = store.put(2, 'b', encodeValue('y'.repeat(70)));
      expect([store.count, store.nbytes]).toEqual([2, first + second]);
      expect(store.delete(1)).toBe(true);
      expect(store.delete(1)).toBe(false);
      expect([store.count, store.nbytes]).toEqual([1, second]);
      store.clear();
      expect([store.count, store.nbytes, store.get(2)]).toEqual([0, 0, undefined]);
    });

    it('replaces a value of the same number', () => {
      const store = create();
      store.put(1, 'a', encodeValue('long'.repeat(100)));
      const nbytes = store.put(1, 'a', encodeValue('short'));
      expect([store.count, store.nbytes]).toEqual([1, nbytes]);
      expect(decodeValue((store.get(1) as StoredValue).payload)).toBe('short');
    });

    it('keeps large parts in shared memory, and copies nothing that is there', () => {
      const store = create();
      store.put(1, 'a', encodeValue(new Uint8Array(10_000)));
      expect(isShared(store.get(1)?.payload.buffers[0] as Uint8Array)).toBe(true);
      const shared = new Uint8Array(new SharedArrayBuffer(10_000));
      store.put(2, 'b', { body: new Uint8Array([0]), buffers: [shared] });
      expect(store.get(2)?.payload.buffers[0]?.buffer).toBe(shared.buffer);
    });

    it('brings back what is there, and leaves out what is not', async () => {
      const store = create();
      store.put(1, 'a', encodeValue('x'.repeat(1000)));
      store.put(2, 'b', encodeValue('y'));
      const values = await store.load([1, 2, 3, 1]);
      expect([...values.keys()].sort()).toEqual([1, 2]);
      expect(decodeValue((values.get(1) as StoredValue).payload)).toBe('x'.repeat(1000));
      await store.close();
    });

    it('counts a value the same wherever it is, and gives it back from there', async () => {
      const store = create();
      const nbytes = store.put(1, 'a', encodeValue(new Float64Array(1000).fill(3)));
      await store.evict(1);
      expect([store.count, store.nbytes]).toEqual([1, nbytes]);
      expect(store.spilledCount).toBe(store.get(1) === undefined ? 1 : 0);
      expect(store.spilledBytes).toBe(store.get(1) === undefined ? nbytes : 0);
      const value = (await store.load([1])).get(1) as StoredValue;
      expect(value).toMatchObject({ key: 'a', nbytes });
      expect(decodeValue(value.payload)).toEqual(new Float64Array(1000).fill(3));
      expect([store.spilledCount, store.spilledBytes]).toEqual([0, 0]);
      await store.close();
    });

    it('is empty once it is closed, and may be closed again', async () => {
      const store = create();
      store.put(1, 'a', encodeValue('x'.repeat(1000)));
      await store.evict(1);
      await store.close();
      await store.close();
      expect([store.count, store.nbytes, store.spilledBytes, store.spilledCount]).toEqual([0, 0, 0, 0]);
    });

    it('keeps values apart through any order of puts, evictions, loads and deletions', async () => {
      await fc.assert(
        fc.asyncProperty(arbitrarySteps, async (steps) => {
          const store = create();
          const expected = new Map<number, number>();
          const waiting: Promise<unknown>[] = [];
          for (const [index, { kind, taskId }] of steps.entries()) {
            if (kind === 'put') {
              store.put(taskId, `key-${String(taskId)}`, encodeValue(new Uint32Array(200).fill(index)));
              expected.set(taskId, index);
            } else if (kind === 'delete') {
              expect(store.delete(taskId)).toBe(expected.delete(taskId));
            } else if (kind === 'evict') {
              waiting.push(store.evict(1000));
            } else if (kind === 'load') {
              waiting.push(store.load([taskId]));
            } else {
              await Promise.all(waiting.splice(0));
            }
          }
          await Promise.all(waiting);
          const values = await store.load(expected.keys());
          const found = Array.from(values, ([taskId, { payload }]) => [
            taskId,
            (decodeValue(payload) as Uint32Array)[0],
          ]);
          expect(new Map(found as [number, number][])).toEqual(expected);
          expect(store.count).toBe(expected.size);
          await store.close();
        }),
        { numRuns: 60 },
      );
    });
  });
}

const arbitrarySteps = fc.array(
  fc.record({
    kind: fc.constantFrom('put', 'put', 'delete', 'evict', 'load', 'wait'),
    taskId: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 40 },
);
