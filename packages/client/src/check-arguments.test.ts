import { describe, expect, it } from '@jest/globals';

import { badArgument, checkArguments, checkItems, checkName, checkWorkers } from './check-arguments.js';

describe('a mistake in a call', () => {
  it.each([5, null, undefined, 'abc', { length: 1 }])(
    'that gives %p for the arguments of a task is told with the right way',
    (args) => {
      expect(() => checkArguments(args)).toThrow(/submit\(fn, \[1, 2\]\)/);
    },
  );

  it.each([5, null, undefined, { a: 1 }])('that maps over %p is told', (items) => {
    expect(() => checkItems(items as unknown as Iterable<unknown>)).toThrow(/a map goes over an array/);
  });

  it.each([['abc'], [new Set([1])], [new Map()], [[]]])('is not seen in a map over %p', (items) => {
    expect(checkItems(items as Iterable<unknown>)).toBe(items);
  });

  it.each([5, '', null, {}])('that names something %p is told', (name) => {
    expect(() => checkName(name)).toThrow(/option name is/);
  });

  it.each([5, null, {}, [5], [['a']]])('that names %j as workers is told', (workers) => {
    expect(() => checkWorkers(workers as unknown as string[])).toThrow(
      /option workers is .*an address, a name or a host/,
    );
  });

  it('is not seen in workers that are named', () => {
    expect([checkWorkers('a'), checkWorkers(['a', 'b']), checkWorkers([])]).toEqual([['a'], ['a', 'b'], []]);
  });

  it('shows what it is about, and no more of it than a line', () => {
    const { code, message } = badArgument('numbers are wanted', { deep: { inside: 'x'.repeat(1000) } });
    expect(code).toBe('GRID_CLIENT_BAD_ARGUMENT');
    expect(message).toBe('numbers are wanted; this is { deep: [Object] }');
    expect(
      badArgument(
        'less is wanted',
        Array.from({ length: 1000 }, () => 'y'.repeat(100)),
      ).message.length,
    ).toBeLessThan(250);
  });
});
