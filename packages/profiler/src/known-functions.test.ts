import { describe, expect, it } from '@jest/globals';

import { KnownFunctions } from './known-functions.js';

const frame = { name: 'load', url: 'jobs.ts', line: 3, column: 1 };

describe('code that nothing marks', () => {
  it('is of the only prefix that is open', () => {
    expect(new KnownFunctions().prefixOf(frame, new Set(['fetch']))).toBe('fetch');
  });

  it('is of the prefix whose tasks were seen to begin with it, or that has its name', () => {
    const known = new KnownFunctions();
    expect(known.prefixOf(frame, new Set(['fetch', 'load']))).toBe('load');
    known.note(frame, 'fetch');
    expect(known.prefixOf(frame, new Set(['fetch', 'load']))).toBe('fetch');
    expect(known.prefixOf(frame, new Set(['other', 'load']))).toBe('load');
  });

  it('is of none where it may be of several', () => {
    const known = new KnownFunctions();
    known.note(frame, 'a');
    known.note(frame, 'b');
    expect(known.prefixOf(frame, new Set(['a', 'b']))).toBe('');
    expect(known.prefixOf(frame, new Set())).toBe('');
  });
});
