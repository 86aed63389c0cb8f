import { textColumn, type MessageWith } from '@grid/protocol';

import type { FailurePart } from '../failure-part.js';

/** One row of a `compute-tasks`, with the defaults of a test. */
export interface Row {
  readonly taskId: number;
  readonly runId?: number;
  readonly functionId?: number;
  readonly priority?: number;
  readonly order?: number;
  readonly flags?: number;
  readonly timeoutMs?: number;
  readonly resources?: Readonly<Record<string, number>>;
  /** Task id, size and holders of each dependency. */
  readonly dependencies?: readonly (readonly [taskId: number, holders: readonly number[], nbytes?: number])[];
}

const NO_BYTES = new Uint8Array(0);

/** The key that tests give to a task. */
export function keyOf(taskId: number): string {
  return `task-${String(taskId)}`;
}

export function computeMessage(
  rows: readonly Row[],
  workerIds: readonly number[] = [],
  stimulusId = 1,
): MessageWith<'compute-tasks'> {
  const dependencies = rows.flatMap((row) => row.dependencies ?? []);
  return {
    op: 'compute-tasks',
    functions: [],
    workers: workerIds.map((id) => ({ id, address: `inproc://${String(id)}` })),
    taskIds: rows.map(({ taskId }) => taskId),
    runIds: rows.map(({ runId }) => runId ?? 1),
    stimulusIds: rows.map(() => stimulusId),
    functionIds: rows.map(({ functionId }) => functionId ?? 0),
    priorities: rows.map(({ priority }) => priority ?? 0),
    generations: rows.map(() => 0),
    orders: rows.map(({ order, taskId }) => order ?? taskId),
    flags: rows.map(({ flags }) => flags ?? 0),
    timeoutsMs: rows.some(({ timeoutMs }) => timeoutMs !== undefined)
      ? rows.map(({ timeoutMs }) => timeoutMs ?? 0)
      : null,
    keys: textColumn(rows.map(({ taskId }) => keyOf(taskId))),
    args: { block: NO_BYTES, ends: rows.map(() => 0), buffers: [] },
    dependencies:
      dependencies.length === 0
        ? null
        : {
            ends: ends(rows.map((row) => row.dependencies?.length ?? 0)),
            ids: dependencies.map(([taskId]) => taskId),
            sizes: dependencies.map(([, , nbytes]) => nbytes ?? 8),
            holders: {
              ends: ends(dependencies.map(([, holders]) => holders.length)),
              ids: dependencies.flatMap(([, holders]) => holders),
            },
          },
    resources: resourceRows(rows),
    units: [],
    spans: null,
  };
}

function resourceRows(rows: readonly Row[]): MessageWith<'compute-tasks'>['resources'] {
  const entries = rows.flatMap(({ resources }, row) =>
    resources === undefined
      ? []
      : [{ row, amounts: Object.entries(resources).map(([name, amount]) => ({ name, amount })) }],
  );
  return entries.length === 0 ? null : entries;
}

export function refreshMessage(
  rows: readonly (readonly [taskId: number, holders: readonly number[]])[],
  stimulusId = 1,
): MessageWith<'refresh-who-has'> {
  return {
    op: 'refresh-who-has',
    workers: [...new Set(rows.flatMap(([, holders]) => holders))].map((id) => ({
      id,
      address: `inproc://${String(id)}`,
    })),
    taskIds: rows.map(([taskId]) => taskId),
    holders: { ends: ends(rows.map(([, holders]) => holders.length)), ids: rows.flatMap(([, holders]) => holders) },
    stimulusId,
  };
}

export function acquireMessage(
  rows: readonly (readonly [taskId: number, holders: readonly number[]])[],
): MessageWith<'acquire-replicas'> {
  return { ...refreshMessage(rows, 5), op: 'acquire-replicas', sizes: rows.map(() => 8) };
}

export const SOME_FAILURE: FailurePart = {
  error: { body: NO_BYTES, buffers: [] },
  name: 'Error',
  message: 'boom',
  stack: '',
};

function ends(lengths: readonly number[]): number[] {
  let end = 0;
  return lengths.map((length) => (end += length));
}
