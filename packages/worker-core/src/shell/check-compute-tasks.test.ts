import type { MessageWith } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';

import { computeMessage } from '../core/testing/messages.js';
import { checkComputeTasks } from './check-compute-tasks.js';

type Message = MessageWith<'compute-tasks'>;

const good = computeMessage(
  [
    { taskId: 1, dependencies: [[5, [2]]] },
    {
      taskId: 2,
      timeoutMs: 5,
      dependencies: [
        [5, [2]],
        [6, []],
      ],
    },
  ],
  [2],
);

function withDependencies(change: Partial<NonNullable<Message['dependencies']>>): Message {
  return { ...good, dependencies: { ...(good.dependencies as NonNullable<Message['dependencies']>), ...change } };
}

describe('checkComputeTasks', () => {
  it('lets a message through whose columns fit together', () => {
    expect(() => checkComputeTasks(good)).not.toThrow();
    expect(() => checkComputeTasks(computeMessage([]))).not.toThrow();
  });

  it.each<[string, Message]>([
    ['a column that is too short', { ...good, runIds: [1] }],
    ['a column of time limits that is too long', { ...good, timeoutsMs: [1, 2, 3] }],
    ['arguments that end after their block', { ...good, args: { ...good.args, ends: [0, 5] } }],
    ['arguments that do not fill their block', { ...good, args: { ...good.args, block: new Uint8Array(3) } }],
    ['ends that go back', { ...good, args: { block: new Uint8Array(1), ends: [1, 0], buffers: [] } }],
    ['buffers of a row that is not there', { ...good, args: { ...good.args, buffers: [{ row: 2, buffers: [] }] } }],
    ['buffers out of order', { ...good, args: { ...good.args, buffers: [1, 0].map((row) => ({ row, buffers: [] })) } }],
    ['dependencies of too few tasks', withDependencies({ ends: [3] })],
    ['sizes of too few dependencies', withDependencies({ sizes: [8] })],
    ['a task that depends on itself', withDependencies({ ids: [5, 2, 6] })],
    ['a dependency that is listed twice', withDependencies({ ids: [5, 6, 6] })],
    ['holders that are not there', withDependencies({ holders: { ends: [1, 2, 3], ids: [2] } })],
  ])('refuses %s', (_, message) => {
    expect(() => checkComputeTasks(message)).toThrow(expect.objectContaining({ code: 'GRID_WORKER_BAD_MESSAGE' }));
  });
});
