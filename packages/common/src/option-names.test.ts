import { describe, expect, it } from '@jest/globals';

import { problemWithOptions, type OptionNames } from './option-names.js';

interface Options {
  readonly count?: number;
  readonly name?: string;
}

const NAMES: OptionNames<Options> = { count: true, name: true };

describe('names of options', () => {
  it('are all known where nothing is wrong', () => {
    expect(problemWithOptions({}, NAMES)).toBeNull();
    expect(problemWithOptions({ count: 1, name: 'x' }, NAMES)).toBeNull();
  });

  it('are told apart from those that nobody knows', () => {
    const mistyped: object = { cuont: 1 };
    expect(problemWithOptions(mistyped as Options, NAMES)).toBe('there is no option cuont; there are count, name');
    expect(problemWithOptions(JSON.parse('{"constructor": 1}') as Options, NAMES)).toMatch(
      /^there is no option constructor/,
    );
  });

  it.each([[['x']], [null], [5], ['x']])('are not those of %j, which is no object with options', (options) => {
    expect(problemWithOptions(options as unknown as Options, NAMES)).toMatch(
      /^options are an object, with some of count, name; this is/,
    );
  });
});
