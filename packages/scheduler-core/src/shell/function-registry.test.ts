import { beforeEach, describe, expect, it } from '@jest/globals';

import type { GraphBlock } from '../core/graph-block.js';
import { FunctionRegistry } from './function-registry.js';

type Part = Parameters<FunctionRegistry['introduce']>[0];
type Units = Parameters<FunctionRegistry['introduce']>[1];

const part = (hash: string, ...units: string[]): Part => ({
  id: 99,
  hash,
  name: hash,
  payload: { body: new Uint8Array(1), buffers: [] },
  units,
});

const code = (...hashes: string[]): Units => new Map(hashes.map((hash) => [hash, { hash, body: new Uint8Array(2) }]));

describe('FunctionRegistry', () => {
  let freed: (number | string)[];
  let registry: FunctionRegistry;

  beforeEach(() => {
    freed = [];
    registry = new FunctionRegistry({ function: (id) => freed.push(id), unit: (hash) => freed.push(hash) });
  });

  it('gives equal functions of two clients one number, and code that came once serves all', () => {
    const first = registry.introduce(part('f', 'u'), code('u'));
    expect(registry.introduce(part('f', 'u'), code())).toBe(first);
    expect(registry.introduce(part('g', 'u'), code())).not.toBe(first);
    expect([registry.size, registry.units.size]).toEqual([2, 1]);
  });

  it('keeps a function for its tasks when its client has released it, and frees its code after it', () => {
    const graph = {} as GraphBlock;
    const id = registry.introduce(part('f', 'u', 'v'), code('u', 'v'));
    registry.introduce(part('g', 'v'), code());
    registry.hold(graph, [id]);
    registry.release(id);
    expect(freed).toEqual([]);
    registry.releaseGraph(graph);
    expect(freed).toEqual([id, 'u']);
    expect([registry.size, registry.units.size]).toEqual([1, 1]);
  });

  it('keeps the code that a second client relies on, though an equal function was there already', () => {
    const id = registry.introduce(part('f', 'here'), code('here'));
    // The same function from a file elsewhere, then another one from that file, whose code need not be sent again.
    registry.introduce(part('f', 'elsewhere'), code('elsewhere'));
    const other = registry.introduce(part('g', 'elsewhere'), code());
    registry.release(id);
    registry.release(id);
    expect(freed).toEqual([id, 'here']);
    registry.release(other);
    expect(freed).toEqual([id, 'here', other, 'elsewhere']);
  });

  it('turns away a function whose code is not there', () => {
    expect(() => registry.introduce(part('f', 'u'), code('v'))).toThrow(
      expect.objectContaining({ code: 'GRID_SCHEDULER_BAD_REQUEST' }),
    );
    expect([registry.size, registry.units.size]).toEqual([0, 0]);
  });
});
