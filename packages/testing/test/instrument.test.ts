import { afterEach, describe, expect, it } from '@jest/globals';

import { instrument } from '../src/plants/statements/instrument.js';
import { DESK_NAME, StatementDesk } from '../src/plants/statements/statement-desk.js';

const SOURCE = `
// src/core/explain/explain-task.ts
function explain(list) { list.push('explained'); }

// src/core/transitions/some-step.ts
function step2(list, isStale) {
  if (isStale) return;
  list.push('first');
  invariant(list.length > 0);
  if (list.length > 5) return 'full';
  for (const item of [1, 2]) {
    if (item === 2) continue;
    list.push(item);
  }
}
function invariant() {}
globalThis.step = step2;
explain([]);
`;

type Step = (list: unknown[], isStale: boolean) => void;

function run(desk: StatementDesk): Step {
  const host = globalThis as unknown as { step: Step } & Record<string, unknown>;
  host[DESK_NAME] = desk;
  (0, eval)(instrument(SOURCE, 'some-core').replaceAll('const __', 'var __'));
  return host.step;
}

function listOf(step: Step, isStale = false): unknown[] {
  const list: unknown[] = [];
  step(list, isStale);
  return list;
}

describe('a core whose statements can be left out', () => {
  afterEach(() => {
    const host = globalThis as Record<string, unknown>;
    delete host[DESK_NAME];
    delete host['step'];
  });

  it('does what it did before as long as none is', () => {
    const step = run(new StatementDesk());
    expect(listOf(step)).toEqual(['first', 1]);
    expect(listOf(step, true)).toEqual([]);
  });

  it('names what is done for its effect, and conditions under which it leaves, of its steps alone', () => {
    const desk = new StatementDesk();
    run(desk);
    expect(desk.statements.map(({ name }) => name)).toEqual([
      'some-core transitions/some-step.ts step: if (isStale) …',
      "some-core transitions/some-step.ts step: list.push('first')",
      'some-core transitions/some-step.ts step: if (item === 2) …',
      'some-core transitions/some-step.ts step: list.push(item)',
    ]);
  });

  it('leaves out the one that is named, and says what it came to', () => {
    const desk = new StatementDesk();
    const step = run(desk);
    desk.omit(1);
    desk.takeReached();
    expect(listOf(step)).toEqual([1]);
    expect(desk.takeReached()).toEqual([1, 2, 3]);
    desk.omit(0);
    expect(listOf(step, true)).toEqual(['first', 1]);
    desk.omit(2);
    expect(listOf(step)).toEqual(['first', 1, 2]);
  });

  it('ends a world in which something goes round in circles', () => {
    const desk = new StatementDesk();
    run(desk);
    desk.omit(3);
    desk.beginWorld();
    expect(() => {
      for (;;) desk.skips(1);
    }).toThrow('goes round in circles');
  });
});
