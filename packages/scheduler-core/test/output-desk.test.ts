import { OUTPUT_SOURCES, OUTSIDE_OF_TASKS, textColumn, type MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';
import { beforeEach, describe, expect, it } from '@jest/globals';

import type { ClientRecord, WorkerRecord } from '../src/core/records.js';
import { OutputDesk } from '../src/shell/output/output-desk.js';
import type { OutputWrittenRun } from '../src/shell/output/output-written-run.js';
import { TestScheduler } from './support/test-scheduler.js';

/** As much of a link as the desk uses: one run after the other, each taken when the test asks for it. */
class FakeLink {
  queuedBytes = 0;
  isClosed = false;
  #run: OutputWrittenRun | null = null;

  openRun(_op: string, create: () => OutputWrittenRun): OutputWrittenRun {
    return (this.#run ??= create());
  }

  take(): { readonly texts: string[]; readonly missed: number } | null {
    const message = this.#run?.finish();
    this.#run = null;
    return message === undefined ? null : { texts: textsOf(message.rows), missed: message.missed };
  }

  asLink(): Link {
    return this as unknown as Link;
  }
}

type Rows = MessageWith<'output-written'>['rows'];

function textsOf({ keys, workers, workerIndexes, sources, texts }: Rows): string[] {
  return Array.from({ length: keys.length }, (_, row) => {
    const source = OUTPUT_SOURCES[sources[row] ?? -1];
    return `${keys.at(row)} ${String(workers[workerIndexes[row] ?? -1])} ${String(source)} ${texts.at(row)}`;
  });
}

function wrote(rows: readonly (readonly [taskId: number, key: string, text: string])[]): MessageWith<'task-output'> {
  return {
    op: 'task-output',
    taskIds: rows.map(([taskId]) => taskId),
    keys: textColumn(rows.map(([, key]) => key)),
    sources: rows.map(() => 1),
    times: rows.map(() => 5),
    texts: textColumn(rows.map(([, , text]) => text)),
  };
}

describe('the desk for output', () => {
  let scheduler: TestScheduler;
  let desk: OutputDesk;
  let client: ClientRecord;
  let worker: WorkerRecord;
  let link: FakeLink;
  const idOf = (key: string): number => scheduler.task(key).id;
  const keptOf = (...ids: number[]): string[] => textsOf(desk.kept(client, ids).rows);

  beforeEach(() => {
    scheduler = new TestScheduler();
    desk = new OutputDesk(scheduler.state);
    client = scheduler.client();
    worker = scheduler.worker('w');
    scheduler.submit(client, { a: [], b: [], c: [], d: ['c'] }, { wanted: ['a', 'b', 'd'] });
    link = new FakeLink();
  });

  it('keeps what tasks wrote until they are forgotten, also when their worker is gone', () => {
    desk.take(
      worker,
      wrote([
        [idOf('a'), 'a', '1'],
        [idOf('b'), 'b', '2'],
        [idOf('a'), 'a', '3'],
      ]),
    );
    scheduler.stimulate({ op: 'remove-worker', worker, reason: 'lost', isExpected: false, exit: null });
    const address = 'tcp://127.0.0.1:1';
    expect(keptOf(0)).toEqual([`a ${address} stderr 1`, `a ${address} stderr 3`]);
    expect(keptOf(1, 0, 77)).toEqual([`b ${address} stderr 2`, `a ${address} stderr 1`, `a ${address} stderr 3`]);
    scheduler.stimulate({ op: 'client-releases-keys', client, ids: [1] });
    expect(scheduler.state.output.size).toBe(1);
  });

  it('keeps nothing of what nobody can ask for', () => {
    desk.take(
      worker,
      wrote([
        [99, 'gone', 'x'],
        [OUTSIDE_OF_TASKS, 'run', 'y'],
      ]),
    );
    expect(scheduler.state.output.size).toBe(0);
  });

  it('tells those who follow all tasks of everything, also of what belongs to no task', () => {
    desk.follow(client, link.asLink(), null);
    desk.take(
      worker,
      wrote([
        [idOf('c'), 'c', '1'],
        [OUTSIDE_OF_TASKS, 'run', '2'],
      ]),
    );
    desk.take(worker, wrote([[99, 'gone', '3']]));
    expect(link.take()?.texts.map((text) => text.replace(/ tcp\S+ stderr/, ''))).toEqual(['c 1', 'run 2', 'gone 3']);
    desk.unfollow(client, null);
    desk.take(worker, wrote([[idOf('c'), 'c', '4']]));
    expect(link.take()).toBeNull();
  });

  it('tells those who follow some tasks of these, as long as they want them', () => {
    desk.follow(client, link.asLink(), [1]);
    const both = (text: string): void =>
      desk.take(
        worker,
        wrote([
          [idOf('a'), 'a', text],
          [idOf('b'), 'b', text],
        ]),
      );
    both('1');
    expect(link.take()?.texts).toEqual([expect.stringMatching(/^b .* 1$/)]);
    desk.follow(client, link.asLink(), [0]);
    both('2');
    expect(link.take()?.texts).toHaveLength(2);
    desk.unfollow(client, [1]);
    both('3');
    expect(link.take()?.texts).toEqual([expect.stringMatching(/^a .* 3$/)]);
    desk.unfollow(client, [0]);
    both('4');
    expect(link.take()).toBeNull();
  });

  it('leaves out what a client does not read in time, and tells it how much', () => {
    desk.follow(client, link.asLink(), null);
    link.queuedBytes = 5 * 1024 * 1024;
    desk.take(
      worker,
      wrote([
        [idOf('a'), 'a', '1'],
        [idOf('a'), 'a', '2'],
      ]),
    );
    expect(link.take()).toBeNull();
    link.queuedBytes = 0;
    desk.take(worker, wrote([[idOf('a'), 'a', '3']]));
    expect(link.take()).toMatchObject({ missed: 2, texts: [expect.stringMatching(/ 3$/)] });
    expect(keptOf(0)).toHaveLength(3);
  });

  it('tells nothing to a client that is gone', () => {
    desk.follow(client, link.asLink(), null);
    desk.leave(client);
    desk.take(worker, wrote([[idOf('a'), 'a', '1']]));
    expect(link.take()).toBeNull();
  });

  it('refuses columns that do not fit, and sources that do not exist', () => {
    const message = wrote([[idOf('a'), 'a', '1']]);
    const bad = { code: 'GRID_SCHEDULER_BAD_REQUEST' };
    for (const change of [
      { times: [] },
      { sources: [9] },
      { texts: textColumn([]) },
      { keys: textColumn(['a', 'b']) },
    ]) {
      expect(() => desk.take(worker, { ...message, ...change })).toThrow(expect.objectContaining(bad));
    }
  });
});
