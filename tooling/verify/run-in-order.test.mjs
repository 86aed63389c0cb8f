import { describe, expect, it } from '@jest/globals';
import { runInOrder } from './run-in-order.mjs';

const step = (name, more = {}) => ({ name, cores: 1, ...more });

/** Runs steps that end when the test says so, and keeps what was started and reported. */
function harness(steps) {
  const started = [];
  const reported = [];
  const endings = new Map();
  const run = ({ name }) => {
    started.push(name);
    return new Promise((resolve) =>
      endings.set(name, (failed = 0) => resolve({ name, passed: failed === 0 ? 1 : 0, failed })),
    );
  };
  const done = runInOrder(steps, run, ({ name, failed }) => reported.push([name, failed]));
  const end = async (name, failed) => {
    endings.get(name)(failed);
    await new Promise(setImmediate);
  };
  return { started, reported, end, done };
}

describe('runInOrder', () => {
  it('keeps no more than two cores busy', async () => {
    const { started, end } = harness([step('a'), step('b'), step('c'), step('d', { cores: 2 })]);
    expect(started).toEqual(['a', 'b']);
    await end('a');
    expect(started).toEqual(['a', 'b', 'c']);
    await end('b');
    expect(started).not.toContain('d');
    await end('c');
    expect(started).toContain('d');
    await end('d');
  });

  it('waits for what a step needs, and lets others pass it meanwhile', async () => {
    const { started, end } = harness([step('build'), step('api', { needs: 'build' }), step('lint')]);
    expect(started).toEqual(['build', 'lint']);
    await end('build');
    expect(started).toEqual(['build', 'lint', 'api']);
  });

  it('counts a step as failed, without running it, if what it needs failed', async () => {
    const { started, reported, end, done } = harness([step('build'), step('api', { needs: 'build' })]);
    await end('build', 1);
    expect(started).toEqual(['build']);
    expect(reported).toEqual([
      ['build', 1],
      ['api', 1],
    ]);
    expect((await done).map(({ failed }) => failed)).toEqual([1, 1]);
  });
});
