import { describe, expect, it } from '@jest/globals';

import { MemoryStore } from './memory-store.js';
import { PackedPayload } from './packed-payload.js';
import { toShared } from './shared-bytes.js';
import { describeStoreCompliance } from '../testing/store-compliance.js';

describeStoreCompliance('MemoryStore', () => new MemoryStore());

describe('MemoryStore', () => {
  it('keeps small values where they came in', () => {
    const store = new MemoryStore();
    const block = new Uint8Array([1, 2, 3, 4, 5]);
    expect(store.put(1, 'a', new PackedPayload(block, 1, 4))).toBe(3);
    expect(store.get(1)?.payload.body.buffer).toBe(block.buffer);
    expect(Array.from(store.get(1)?.payload.body ?? [])).toEqual([2, 3, 4]);
  });
});

describe('toShared', () => {
  it('copies a small part of a large shared buffer, so as not to keep that alive', () => {
    const large = new SharedArrayBuffer(1_000_000);
    expect(toShared(new Uint8Array(large, 0, 10_000)).buffer).not.toBe(large);
    expect(toShared(new Uint8Array(large, 0, 600_000)).buffer).toBe(large);
  });
});
