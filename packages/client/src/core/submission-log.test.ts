import { describe, expect, it } from '@jest/globals';
import { asKey } from '@grid/common';
import { textColumn, type MessageWith } from '@grid/protocol';
import fc from 'fast-check';

import { addRecord, createClientState } from './client-state.js';
import { planResubmission } from './plan-resubmission.js';
import { SubmissionLog } from './submission-log.js';

const OPTIONS: MessageWith<'update-graph'>['options'] = {
  priority: 0,
  fifoTimeoutMs: 0,
  retries: 0,
  workers: [],
  allowOtherWorkers: false,
  timeoutMs: 0,
  resources: null,
  actor: null,
  span: null,
  custom: null,
};

/** Tasks `k${id}` from `firstId` on, each with the numbers that it depends on. */
function submission(
  firstId: number,
  rows: readonly (readonly number[])[],
  more: Partial<MessageWith<'update-graph'>> = {},
): MessageWith<'update-graph'> {
  const ends: number[] = [];
  for (const ids of rows) ends.push((ends.at(-1) ?? 0) + ids.length);
  return {
    op: 'update-graph',
    graphId: firstId,
    functions: [{ id: 0, hash: 'h', name: 'f', payload: { body: new Uint8Array(), buffers: [] }, units: [] }],
    firstId,
    keys: textColumn(rows.map((_, row) => `k${String(firstId + row)}`)),
    functionIds: rows.map(() => 0),
    args: { block: new Uint8Array(), ends: rows.map(() => 0), buffers: [] },
    dependencies: { ends, ids: rows.flat() },
    order: null,
    wanted: null,
    options: OPTIONS,
    units: [],
    parent: null,
    ...more,
  };
}

function keptIds(log: SubmissionLog<string>): number[] {
  return Array.from(log.kept(), ({ message }) => message.firstId);
}

describe('what a client has submitted', () => {
  it('is kept while somebody holds futures of it, without the code that came along', () => {
    const log = new SubmissionLog<string>();
    log.add(submission(0, [[], []]), ['f']);
    log.release(0);
    expect(Array.from(log.kept(), ({ functions, message }) => [functions, message.functions])).toEqual([[['f'], []]]);
    log.release(1);
    expect(log.size).toBe(0);
  });

  it('is kept while something that is kept needs it, and no longer', () => {
    const log = new SubmissionLog<string>();
    log.add(submission(0, [[]]), []);
    log.add(submission(1, [[0]]), []);
    log.add(submission(2, [[1]]), []);
    log.release(0);
    log.release(1);
    expect(keptIds(log)).toEqual([0, 1, 2]);
    log.release(2);
    expect(keptIds(log)).toEqual([]);
  });

  it('is exactly what futures need, whatever is released in whatever order', () => {
    const tasks = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(tasks, fc.array(fc.nat()), (picks, releases) => {
        const log = new SubmissionLog<string>();
        const needs = picks.map((each, id) => (id === 0 ? [] : [...new Set(each.map((pick) => pick % id))]));
        needs.forEach((ids, id) => log.add(submission(id, [ids]), []));
        const held = new Set(needs.keys());
        for (const release of releases) {
          const id = release % needs.length;
          if (!held.delete(id)) continue;
          log.release(id);
        }
        const expected = new Set(held);
        for (const id of [...needs.keys()].reverse()) {
          if (expected.has(id)) for (const source of needs[id] ?? []) expected.add(source);
        }
        expect(keptIds(log)).toEqual([...expected].sort((a, b) => a - b));
        for (const id of needs.keys()) expect(log.has(id)).toBe(expected.has(id));
      }),
    );
  });
});

describe('what is submitted again', () => {
  it('is what is pending or done; failures and what was given up stay as they are', () => {
    const state = createClientState();
    const log = new SubmissionLog<string>();
    state.nextId = 5;
    const statuses = ['pending', 'finished', 'error', 'cancelled', 'finished'] as const;
    const records = statuses.map((status, id) => {
      const record = addRecord(state, asKey(`k${String(id)}`), id);
      record.references = 1;
      record.status = status;
      return record;
    });
    log.add(submission(0, [[], [], [], []]), []);
    const { submissions, desires, left } = planResubmission(state, log);
    expect(submissions.map(({ wanted }) => wanted)).toEqual([[0, 1]]);
    // It was scattered, or is somebody else's.
    expect(desires).toEqual([{ id: 4, key: 'k4' }]);
    expect([...left]).toEqual([2]);
    expect(records.map(({ status }) => status)).toEqual(['pending', 'pending', 'error', 'cancelled', 'pending']);
  });

  it('does not have an actor made anew that was there', () => {
    const state = createClientState();
    const log = new SubmissionLog<string>();
    const record = addRecord(state, asKey('k0'));
    record.references = 1;
    record.status = 'finished';
    log.add(submission(0, [[]], { options: { ...OPTIONS, actor: true } }), []);
    expect(planResubmission(state, log)).toMatchObject({ submissions: [], desires: [{ id: 0 }] });
    record.status = 'pending';
    expect(planResubmission(state, log)).toMatchObject({ submissions: [{ wanted: [0] }], desires: [] });
  });
});
