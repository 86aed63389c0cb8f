import type { MessageWith, NumberColumn } from '@grid/protocol';

import { WorkerError } from '../errors.js';

type Message = MessageWith<'compute-tasks'>;

/**
 * Checks that the columns of a message fit together, so that nothing in it can break an invariant of the core.
 *
 * @throws {@link WorkerError} `GRID_WORKER_BAD_MESSAGE`.
 */
export function checkComputeTasks(message: Message): void {
  const rows = message.taskIds.length;
  const { runIds, stimulusIds, functionIds, priorities, generations, orders, flags, timeoutsMs, keys, args } = message;
  const columns = [runIds, stimulusIds, functionIds, priorities, generations, orders, flags, keys, args.ends];
  if (timeoutsMs !== null) columns.push(timeoutsMs);
  if (message.spans !== null) columns.push(message.spans);
  if (columns.some((column) => column.length !== rows)) throw bad('columns differ in length');
  checkEnds(args.ends, args.block.length, 'args');
  checkRows(args.buffers, rows, 'buffers');
  if (message.resources !== null) checkRows(message.resources, rows, 'resources');
  if (message.dependencies !== null) checkDependencies(message, message.dependencies);
}

function checkRows(entries: readonly { readonly row: number }[], rows: number, what: string): void {
  let before = -1;
  for (const { row } of entries) {
    if (row <= before || row >= rows) throw bad(`rows of ${what} are not in order`);
    before = row;
  }
}

function checkDependencies(
  message: Message,
  { ends, ids, sizes, holders }: NonNullable<Message['dependencies']>,
): void {
  if (ends.length !== message.taskIds.length || sizes.length !== ids.length || holders.ends.length !== ids.length) {
    throw bad('dependencies do not match their tasks');
  }
  checkEnds(ends, ids.length, 'dependencies');
  checkEnds(holders.ends, holders.ids.length, 'holders');
  let index = 0;
  for (let row = 0; row < ends.length; row += 1) {
    const taskId = message.taskIds[row];
    const first = index;
    for (; index < (ends[row] as number); index += 1) {
      if (ids[index] === taskId) throw bad('a task depends on itself');
      // Tasks have few dependencies, and those that have many are few.
      if (hasBefore(ids, first, index)) throw bad('a task lists a dependency twice');
    }
  }
}

function hasBefore(ids: NumberColumn, first: number, index: number): boolean {
  if (index - first > REPETITIONS_CHECKED_MAX) return false;
  for (let other = first; other < index; other += 1) if (ids[other] === ids[index]) return true;
  return false;
}

/** Beyond this many dependencies of a task the scheduler is trusted to list each once. */
const REPETITIONS_CHECKED_MAX = 64;

function checkEnds(ends: NumberColumn, length: number, what: string): void {
  let before = 0;
  for (let row = 0; row < ends.length; row += 1) {
    const end = ends[row] as number;
    if (end < before || end > length) throw bad(`the ends of ${what} are not in order`);
    before = end;
  }
  if (before !== length) throw bad(`the ends of ${what} leave something over`);
}

function bad(problem: string): WorkerError {
  return new WorkerError('GRID_WORKER_BAD_MESSAGE', `a compute-tasks message does not fit together: ${problem}`);
}
