import { describe, expect, it } from '@jest/globals';
import { asKey } from '@grid/common';
import fc from 'fast-check';
import { collectRefs } from './collect-refs.js';
import { substituteRefs } from './substitute-refs.js';
import { isTaskRef, refTo } from './task-ref.js';

const a = refTo(asKey('a'));
const b = refTo(asKey('b'));
const bracketed = (value: unknown): unknown => substituteRefs(value, (ref) => `<${ref.key}>`);

describe('substituteRefs', () => {
  it('replaces references in all containers', () => {
    const value = [1, { x: a, y: [b] }, new Map<unknown, unknown>([[a, b]]), new Set<unknown>([a, 2])];
    expect(bracketed(value)).toEqual([1, { x: '<a>', y: ['<b>'] }, new Map([['<a>', '<b>']]), new Set(['<a>', 2])]);
  });

  it('replaces a bare reference and those of a flat list', () => {
    expect(bracketed(a)).toBe('<a>');
    expect(bracketed([a, 1, null])).toEqual(['<a>', 1, null]);
  });

  it('returns a value without references as it is', () => {
    const flat = [1, 'a'];
    const deep = { x: [flat] };
    expect(bracketed(flat)).toBe(flat);
    expect(bracketed(deep)).toBe(deep);
  });

  it('shares the parts without references and leaves the input alone', () => {
    const plain = { big: [1, 2, 3] };
    const value = [plain, [a]];
    const result = bracketed(value) as unknown[];
    expect(result[0]).toBe(plain);
    expect(value).toEqual([plain, [a]]);
  });

  it('keeps a part that stands in two places one part', () => {
    const shared = [a];
    const [left, right] = bracketed([shared, { shared }]) as [unknown, { shared: unknown }];
    expect(right.shared).toBe(left);
    expect(left).toEqual(['<a>']);
  });

  it('keeps circles circles, also when the reference hangs on the far side', () => {
    const value: Record<string, unknown> = { next: { ref: a } };
    (value['next'] as Record<string, unknown>)['back'] = value;
    const result = bracketed(value) as { next: { ref: unknown; back: unknown } };
    expect(result.next.ref).toBe('<a>');
    expect(result.next.back).toBe(result);
  });

  it('keeps objects without prototype, symbols and a property named __proto__', () => {
    const mark = Symbol('mark');
    const bare = Object.assign(Object.create(null) as object, { a });
    const odd = JSON.parse('{"__proto__": 1}') as Record<string | symbol, unknown>;
    odd[mark] = 7;
    odd['ref'] = a;
    const [first, second] = bracketed([bare, odd]) as [object, Record<string | symbol, unknown>];
    expect(Object.getPrototypeOf(first)).toBe(null);
    expect(Object.keys(second)).toEqual(['__proto__', 'ref']);
    expect(second[mark]).toBe(7);
  });

  it('survives values of any depth', () => {
    let value: unknown = a;
    for (let i = 0; i < 100_000; i += 1) value = [value];
    let result = bracketed(value);
    while (Array.isArray(result)) result = result[0];
    expect(result).toBe('<a>');
  });

  it('leaves no reference behind and asks for exactly the collected keys', () => {
    const leaf = fc.oneof(
      fc.integer(),
      fc.constantFrom('a', 'b', 'c').map((key) => refTo(asKey(key))),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium' },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 3 }), tie('tree'), { maxKeys: 3 }),
        fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 3 }).map((entries) => new Map(entries)),
        fc.array(tie('tree'), { maxLength: 3 }).map((elements) => new Set(elements)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const asked = new Set<string>();
        const result = substituteRefs(value, (ref) => {
          asked.add(ref.key);
          return 0;
        });
        expect(collectRefs(result)).toEqual([]);
        expect([...asked].sort()).toEqual([...collectRefs(value)].sort());
        if (asked.size === 0) expect(result).toBe(value);
        expect(isTaskRef(result)).toBe(false);
      }),
    );
  });
});
