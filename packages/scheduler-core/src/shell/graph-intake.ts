import type { MessageWith, NumberColumn } from '@grid/protocol';

import { GraphBlock } from '../core/graph-block.js';
import type { GraphRefusal } from '../core/graph-refusal.js';

type UpdateGraphMessage = MessageWith<'update-graph'>;

/** Rows taken in at once: some ten milliseconds, so that heartbeats of workers are not held up. */
export const SLICE_ROWS = 20_000;

/** What the scheduler calls the functions that a client introduced, by the client's numbers. */
export type FunctionNumbers = ReadonlyMap<number, number>;

/** A submission, checked as far as its message tells, and ready for the core. */
export interface CheckedGraph {
  readonly graph: GraphBlock;
  /** The functions that its tasks call, each once. */
  readonly functionIds: readonly number[];
  readonly wanted: Uint8Array | null;
  /** Whether it may be taken in slices: it is long, and every row depends on earlier ones only. */
  readonly isSliceable: boolean;
}

/** Checks that the columns of a submission fit together; why not, as a refusal. */
export function checkGraph(message: UpdateGraphMessage, functions: FunctionNumbers): CheckedGraph | GraphRefusal {
  const { graphId, keys, args, order, options } = message;
  const problem = findProblem(message);
  if (problem !== null) return refuse(message, problem);
  const numbers = translate(message.functionIds, functions);
  if (numbers === null) return refuse(message, 'a task calls a function that was not introduced');
  const used = typeof numbers === 'number' ? [numbers] : [...new Set(numbers)];
  const buffers = args.buffers.length === 0 ? null : new Map(args.buffers.map((row) => [row.row, row.buffers]));
  const graph = new GraphBlock({
    graphId,
    functionIds: numbers,
    args: { block: args.block, ends: args.ends, buffers },
    order,
    options,
  });
  return {
    graph,
    functionIds: keys.length === 0 ? [] : used,
    wanted: flagsOf(message.wanted, keys.length),
    isSliceable: keys.length > SLICE_ROWS && isOrdered(message),
  };
}

/** Whether checking ended in a refusal. */
export function isRefusal(checked: CheckedGraph | GraphRefusal): checked is GraphRefusal {
  return 'code' in checked;
}

function findProblem({ keys, functionIds, args, order, wanted, dependencies }: UpdateGraphMessage): string | null {
  const rows = keys.length;
  if (functionIds.length !== rows || args.ends.length !== rows) return 'columns differ in length';
  if (order !== null && order.length !== rows) return 'columns differ in length';
  if (dependencies !== null && dependencies.ends.length !== rows) return 'columns differ in length';
  if (!isRising(args.ends, args.block.length)) return 'arguments are cut off';
  if (dependencies !== null && !isRising(dependencies.ends, dependencies.ids.length)) return 'dependencies are cut off';
  if (wanted !== null && !isBelow(wanted, rows)) return 'a row is wanted that is not there';
  return null;
}

function isRising(ends: NumberColumn, max: number): boolean {
  let before = 0;
  for (let row = 0; row < ends.length; row += 1) {
    const end = ends[row] as number;
    if (end < before || end > max) return false;
    before = end;
  }
  return true;
}

function isBelow(column: NumberColumn, limit: number): boolean {
  for (let row = 0; row < column.length; row += 1) if ((column[row] as number) >= limit) return false;
  return true;
}

function translate(column: NumberColumn, functions: FunctionNumbers): Uint32Array | number | null {
  const rows = column.length;
  const first = functions.get(column[0] ?? -1);
  if (first === undefined) return rows === 0 ? 0 : null;
  let isUniform = true;
  for (let row = 1; row < rows && isUniform; row += 1) isUniform = column[row] === column[0];
  if (isUniform) return first;
  const numbers = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const number = functions.get(column[row] as number);
    if (number === undefined) return null;
    numbers[row] = number;
  }
  return numbers;
}

function flagsOf(wanted: NumberColumn | null, rows: number): Uint8Array | null {
  if (wanted === null) return null;
  const flags = new Uint8Array(rows);
  for (let row = 0; row < wanted.length; row += 1) flags[wanted[row] as number] = 1;
  return flags;
}

function isOrdered({ firstId, dependencies, keys }: UpdateGraphMessage): boolean {
  if (dependencies === null) return true;
  const { ends, ids } = dependencies;
  let position = 0;
  for (let row = 0; row < keys.length; row += 1) {
    for (const end = ends[row] as number; position < end; position += 1) {
      if ((ids[position] as number) >= firstId + row) return false;
    }
  }
  return true;
}

function refuse({ graphId, firstId, keys }: UpdateGraphMessage, message: string): GraphRefusal {
  const ids = Array.from({ length: keys.length }, (_, row) => firstId + row);
  return { graphId, ids, code: 'GRID_SCHEDULER_BAD_GRAPH', message, keys: [] };
}
