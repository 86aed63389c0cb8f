import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CoreHarness } from './testing/core-harness.js';
import { SOME_FAILURE } from './testing/messages.js';

describe('copies that the scheduler wants here', () => {
  it('are fetched and announced, and kept until they are taken away', () => {
    const core = new CoreHarness();
    expect(core.acquire([1, [2]], [2, [2]])).toEqual(['gather 1+2 from 2']);
    expect(core.receive(2, 1, 2)).toEqual(['add-keys 1', 'add-keys 2']);
    expect(core.remove(1)).toEqual(['release 1', 'drop 1']);
    expect(core.free(2)).toEqual(['drop 2']);
    expect(core.state.tasks.size).toBe(0);
  });

  it('come after what tasks need, and before what tasks of low priority do', () => {
    const core = new CoreHarness({ gatherPeersMax: 1, gatherBytesMax: 8 });
    core.acquire([9, [2]]);
    core.acquire([1, [2]], [2, [2]]);
    core.compute([{ taskId: 4, priority: 2, dependencies: [[3, [2]]] }], [2]);
    core.compute([{ taskId: 6, dependencies: [[5, [2]]] }], [2]);
    expect(core.receive(2, 9)).toEqual(['add-keys 9', 'gather 5 from 2']);
    expect(core.receive(2, 5)).toEqual(['add-keys 5', 'execute 6', 'gather 1 from 2']);
    expect(core.receive(2, 1)).toEqual(['add-keys 1', 'gather 2 from 2']);
    expect(core.receive(2, 2)).toEqual(['add-keys 2', 'gather 3 from 2']);
  });

  it('are announced again if they are here already, also what only tasks here were keeping', () => {
    const core = new CoreHarness();
    core.put(1);
    expect(core.acquire([1, [2]])).toEqual(['add-keys 1']);
    core.compute([{ taskId: 3, dependencies: [[1, []]] }]);
    core.free(1);
    expect(core.acquire([1, [2]])).toEqual(['add-keys 1']);
    core.succeed(3);
    expect(core.stateOf(1)).toBe('memory');
  });

  it('are looked for elsewhere while somebody has them, and given up when nobody has', () => {
    const core = new CoreHarness();
    core.acquire([1, [2]]);
    expect(core.receive(2)).toEqual(['missing-data 1 on 2', 'refresh 1']);
    expect(core.refresh([1, [3]])).toEqual(['gather 1 from 3']);
    expect(core.receive(3)).toEqual(['missing-data 1 on 3', 'refresh 1']);
    expect(core.refresh([1, []])).toEqual(['release 1']);
    expect(core.stateOf(1)).toBe('none');
  });

  it('are not given up while a task here needs them as well', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    core.acquire([1, []]);
    expect(core.refresh([1, []])).toEqual([]);
    core.free(2);
    expect(core.refresh([1, []])).toEqual(['release 1']);
  });

  it('are given up when asking again would not help', () => {
    const core = new CoreHarness();
    core.acquire([1, [2, 3]]);
    expect(core.give({ type: 'gather-failure', workerId: 2, failure: SOME_FAILURE })).toEqual(['release 1']);
    expect(core.stateOf(1)).toBe('none');
  });

  it('are fetched no more when the scheduler has changed its mind', () => {
    const core = new CoreHarness({ gatherPeersMax: 1 });
    core.acquire([8, [3]]);
    core.acquire([1, [2]]);
    expect(core.remove(1)).toEqual([]);
    expect(core.stateOf(1)).toBe('none');
    core.acquire([2, [3]]);
    core.remove(8);
    expect(core.stateOf(8)).toBe('cancelled');
    expect(core.receive(3, 8)).toEqual(['drop 8', 'gather 2 from 3']);
  });
});

describe('copies that the scheduler has too many of', () => {
  it('are kept for tasks here that need them, and the scheduler is told', () => {
    const core = new CoreHarness();
    core.put(1);
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    expect(core.remove(1)).toEqual(['add-keys 1']);
    core.succeed(2);
    expect(core.remove(1, 2)).toEqual(['release 1', 'drop 1', 'release 2', 'drop 2']);
  });

  it('may be unknown here', () => {
    expect(new CoreHarness().remove(5)).toEqual([]);
  });
});

/** A scheduler's belief about the copies on one worker: what it hears may have crossed what it said. */
class Belief {
  readonly core = new CoreHarness();
  readonly held = new Set<number>();
  readonly #late: string[] = [];
  readonly #gathers = new Map<number, number[]>();
  readonly #executing = new Set<number>();
  #next = 100;

  happen(kind: number, pick: number, more: number): void {
    const key = pick % 4;
    switch (kind) {
      case 0:
      case 1:
        return this.#read(this.core.acquire([key, more % 4 === 0 ? [] : [2 + (more % 3)]]));
      case 2:
      case 3:
        this.held.delete(key);
        return this.#read(this.core.remove(key));
      case 4:
        this.#next += 1;
        return this.#read(
          this.core.compute([{ taskId: this.#next, dependencies: [[key, [2 + (more % 3)]]] }], [2, 3, 4]),
        );
      case 5: {
        const [taskId] = this.#executing;
        if (taskId === undefined) return;
        this.#executing.delete(taskId);
        return this.#read(this.core.fail(taskId));
      }
      case 6:
        return this.#endGather(more);
      case 7:
        return this.#read(this.core.lose(key));
      case 8:
        return this.#read(this.core.put(key));
      case 9:
        return this.#read(this.core.refresh([key, more % 2 === 0 ? [] : [3]]));
      default:
        for (let count = 0; count <= more % 4; count += 1) this.hear();
    }
  }

  /** One word of the worker arrives; `false`: none is under way. */
  hear(): boolean {
    const [word = '', first = ''] = (this.#late.shift() ?? '').split(' ');
    if (word === 'add-keys') this.held.add(Number(first));
    if (word === 'release') this.held.delete(Number(first));
    return word !== '';
  }

  #endGather(more: number): void {
    const [entry] = this.#gathers;
    if (entry === undefined) return;
    const [workerId, taskIds] = entry;
    this.#gathers.delete(workerId);
    this.#read(this.core.receive(workerId, ...taskIds.filter((_, index) => (more >> index) % 3 !== 0)));
  }

  #read(lines: readonly string[]): void {
    for (const line of lines) {
      const [word, first = '', , third = ''] = line.split(' ');
      if (word === 'gather') this.#gathers.set(Number(third), first.split('+').map(Number));
      if (word === 'execute') this.#executing.add(Number(first));
      if (word === 'add-keys' || word === 'release') this.#late.push(line);
    }
  }
}

it('tells the scheduler, however late, what it has, so that in the end it is right whatever has crossed', () => {
  const event = fc.record({ kind: fc.nat(12), pick: fc.nat(3), more: fc.nat(0xff) });
  fc.assert(
    fc.property(fc.array(event, { minLength: 5, maxLength: 60 }), (events) => {
      const belief = new Belief();
      for (const { kind, pick, more } of events) belief.happen(kind, pick, more);
      while (belief.hear());
      const held = [...belief.core.state.tasks.values()].filter((task) => task.isHeld).map(({ taskId }) => taskId);
      expect([...belief.held].sort()).toEqual(held.sort());
    }),
    { numRuns: 1000 },
  );
});
