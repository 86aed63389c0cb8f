import { textColumn, type MessageWith } from '@grid/protocol';

import type { TaskRun } from '../../core/task-stream.js';
import type { SchedulerContext } from '../scheduler-context.js';

/** What ran where and when. Who asks for the first time finds nothing: it is recorded from then on. */
export function taskStream(
  { state, typeNames }: SchedulerContext,
  { after, from, to, count }: MessageWith<'task-stream'>,
): MessageWith<'task-stream-reply'> {
  state.taskStream.start();
  const runs = state.taskStream.select({ after, from: from ?? -Infinity, to: to ?? Infinity, count });
  const workers = new Places();
  const types = new Places();
  return {
    op: 'task-stream-reply',
    total: state.taskStream.total,
    keys: textColumn(runs.map(({ key }) => key)),
    workerIndexes: runs.map(({ worker }) => workers.of(worker)),
    starts: runs.map(({ start }) => start),
    durations: runs.map(({ duration }) => duration),
    sizes: runs.map(({ nbytes }) => nbytes),
    typeIndexes: runs.map(({ typeId }) => types.of(typeId < 0 ? '' : typeNames.nameOf(typeId))),
    failures: runs.flatMap((run, row) => (hasFailed(run) ? [row] : [])),
    workers: workers.names,
    types: types.names,
  };
}

function hasFailed({ typeId }: TaskRun): boolean {
  return typeId < 0;
}

/** Names, each once, and where each stands. */
class Places {
  readonly names: string[] = [];
  readonly #places = new Map<string, number>();

  of(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#places.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}
