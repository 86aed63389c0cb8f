import { describe, expect, it } from '@jest/globals';
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
  });
}
