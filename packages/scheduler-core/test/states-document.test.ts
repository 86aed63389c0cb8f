import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { TRANSITIONS } from '../src/core/transition-table.js';

describe('docs/states/scheduler.md', () => {
  it('lists the steps that there are', () => {
    const text = readFileSync(new URL('../../../docs/states/scheduler.md', import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^- ([a-z-]+) → ([a-z-]+):/gm)].map(
      ([, from, to]) => `${from ?? ''}->${to ?? ''}`,
    );
    expect(listed.sort()).toEqual(Object.keys(TRANSITIONS).sort());
  });
});
