import type { MessageWith, Payload } from '@grid/protocol';

import type { ArgumentBlock } from '../../core/graph-block.js';
import { dependenciesOf, type TaskRecord } from '../../core/records.js';
import type { SchedulerContext } from '../scheduler-context.js';

/** What a task, or the one that is to blame for its failure, is made of. */
export function describeTaskSpec(
  { state, functions }: SchedulerContext,
  { key, blamed }: MessageWith<'task-spec'>,
): MessageWith<'task-spec-reply'> {
  const asked = state.keys.get(key);
  const failure = blamed ? asked?.failure : null;
  const task = failure ? state.keys.get(failure.key) : asked;
  const found = failure?.key ?? key;
  if (task === undefined || task.graph === null) return { op: 'task-spec-reply', key: found, spec: null };
  const { graph, row } = task;
  const part = functions.partOf(graph.functionIdOf(row));
  const units = part.units.flatMap((hash) => functions.units.partOf(hash) ?? []);
  const dependencies = argumentsOrder(task).map((dependency) => dependency.key);
  return {
    op: 'task-spec-reply',
    key: found,
    spec: { function: part, units, args: argumentsOf(graph.args, row), dependencies },
  };
}

/** Dependencies as the arguments count them, which may name one twice. */
function argumentsOrder(task: TaskRecord): readonly TaskRecord[] {
  const aliased = task.graph?.aliasedRows?.get(task.row) as readonly TaskRecord[] | undefined;
  return aliased ?? dependenciesOf(task);
}

function argumentsOf({ block, ends, buffers }: ArgumentBlock, row: number): Payload {
  const start = row === 0 ? 0 : (ends[row - 1] as number);
  return { body: block.subarray(start, ends[row]), buffers: buffers?.get(row) ?? [] };
}
