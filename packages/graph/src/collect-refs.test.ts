import { describe, expect, it } from '@jest/globals';
import { asKey } from '@grid/common';
import vm from 'node:vm';
import { collectRefs } from './collect-refs.js';
import { refTo, TASK_REF, TaskRef, isTaskRef } from './task-ref.js';

const a = refTo(asKey('a'));
const b = refTo(asKey('b'));
const c = refTo(asKey('c'));

describe('isTaskRef', () => {
  it('knows references by their brand, not by their shape', () => {
    expect(isTaskRef(a)).toBe(true);
    expect(isTaskRef({ key: 'a', [TASK_REF]: true })).toBe(true);
    expect(isTaskRef({ key: 'a' })).toBe(false);
    expect(isTaskRef('a')).toBe(false);
    expect(isTaskRef(null)).toBe(false);
  });
});

describe('collectRefs', () => {
  it('gives each key once, in reading order, from all containers', () => {
    const value = [
      1,
      { x: b, y: [c, 'a'] },
      new Map<unknown, unknown>([[a, new Set([b, new TaskRef(asKey('d'))])]]),
      c,
    ];
    expect(collectRefs(value)).toEqual(['b', 'c', 'a', 'd']);
  });

  it('never takes a string for a key', () => {
    expect(collectRefs(['a', { key: 'a' }])).toEqual([]);
  });

  it('gives each key of a flat list once', () => {
    expect(collectRefs([a, 1, b, a, null])).toEqual(['a', 'b']);
    expect(collectRefs(Array.from({ length: 40 }, (_, i) => refTo(asKey(`k${String(i % 20)}`))))).toHaveLength(20);
  });

  it('finds a bare reference', () => {
    expect(collectRefs(a)).toEqual(['a']);
  });

  it('does not look into class instances', () => {
    class Box {
      readonly held = a;
    }
    class List extends Array<unknown> {}
    expect(collectRefs([new Box(), List.of(a)])).toEqual([]);
  });

  it('looks into containers of another realm', () => {
    const make = vm.runInNewContext('(ref) => ({ x: [ref], m: new Map([[1, ref]]), s: new Set([ref]) })') as (
      r: unknown,
    ) => object;
    expect(collectRefs([make(a)])).toEqual(['a']);
    const single = vm.runInNewContext('(a, b, c) => [[a], new Map([[1, b]]), new Set([c])]') as (
      ...r: unknown[]
    ) => object;
    expect(collectRefs(single(a, b, c))).toEqual(['a', 'b', 'c']);
  });

  it('survives values that contain themselves', () => {
    const value: Record<string, unknown> = { x: [a] };
    value['self'] = value;
    expect(collectRefs([value])).toEqual(['a']);
  });

  it('survives values of any depth', () => {
    let value: unknown = a;
    for (let i = 0; i < 200_000; i += 1) value = [value];
    expect(collectRefs(value)).toEqual(['a']);
  });
});
