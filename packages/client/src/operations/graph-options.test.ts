import { describe, expect, it } from '@jest/globals';

import { checkKey, checkOptions, checkTaskOptionNames } from './graph-options.js';

describe('options of tasks', () => {
  it('are refused by a name that none of them has, and told what there is', () => {
    expect(() => checkTaskOptionNames({ retries: 1, prioritty: 3 })).toThrow(
      /^there is no option prioritty; there are key, pure, workers, .*priority/,
    );
  });

  it('may all be there, and may say nothing', () => {
    expect(() =>
      checkTaskOptionNames({ key: 'a', pure: undefined, workers: [], retries: 0, signal: undefined }),
    ).not.toThrow();
  });

  it.each([
    [{ priority: NaN }, /option priority is NaN/],
    [{ retries: 1.5 }, /option retries is 1.5; it must be a whole number/],
    [{ resources: { gpu: -1 } }, /option resources.gpu is -1/],
    [{ executor: '' }, /option executor is ; it must be the name of an executor/],
    [{ executor: 'gpu', actor: true }, /option executor is gpu; it must be left out for actors/],
    [{ resources: { 'executor:gpu': 1 } }, /given as `executor`/],
    [{ custom: { run: () => 1 } }, /option custom .* plain data/],
    [{ custom: { text: 'x'.repeat(20_000) } }, /16384 characters/],
    [{ allowOtherWorkers: true }, /given together with `workers`/],
    [{ timeout: 'soon' }, /'soon' is not a duration/],
  ])('are refused with what they must be: %p', (options, text) => {
    expect(() => checkOptions(options)).toThrow(text);
  });

  it('name an executor as something of which they take one, and the default one as none', () => {
    expect(checkOptions({ executor: 'gpu', resources: { MEM: 2 } }).options.resources).toEqual([
      { name: 'MEM', amount: 2 },
      { name: 'executor:gpu', amount: 1 },
    ]);
    expect(checkOptions({ executor: 'default' }).options.resources).toBeNull();
  });

  it('that say the same are one set, in whatever order', () => {
    const [one, other] = [
      { resources: { a: 1, b: 2 }, retries: 2 },
      { retries: 2, resources: { b: 2, a: 1 } },
    ].map((options) => checkOptions(options).optionsKey);
    expect(one).toBe(other);
    expect(checkOptions({ retries: 3 }).optionsKey).not.toBe(one);
  });

  it('are refused where workers or a key are none', () => {
    expect(() => checkOptions({ workers: 5 as never })).toThrow(/^option workers is 5/);
    expect(() => checkKey(5 as never)).toThrow(/^option key is 5; it must be a text/);
  });
});
