import { describe, expect, it } from '@jest/globals';

import { Comebacks } from '../src/shell/comebacks.js';
import { TestScheduler } from './support/test-scheduler.js';

const NEVER_MS = 600_000;

function nextTurn(): Promise<string> {
  return new Promise((resolve) => {
    setImmediate(resolve, 'not yet');
  });
}

describe('a client that comes back', () => {
  it('waits for as many workers as there were, and those that join for the first time are none of them', async () => {
    const scheduler = new TestScheduler();
    const comebacks = new Comebacks(
      { settleMs: NEVER_MS, graceMs: NEVER_MS },
      { state: scheduler.state, onGraceEnd: () => {}, tellCount: () => {} },
    );
    const waiting = comebacks.allBack(new AbortController().signal).then(() => 'back');
    scheduler.worker('new');
    scheduler.returningWorker('first', []);
    comebacks.workerCame(2);
    expect(await Promise.race([waiting, nextTurn()])).toBe('not yet');
    scheduler.returningWorker('second', []);
    comebacks.workerCame(2);
    expect(await Promise.race([waiting, nextTurn()])).toBe('back');
    comebacks.stop();
  });
});
