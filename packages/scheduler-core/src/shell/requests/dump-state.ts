import { INSPECTION_FEATURE, type Message, type MessageWith } from '@grid/protocol';

import type { TaskRecord } from '../../core/records.js';
import { dependenciesOf, wantsOf } from '../../core/records.js';
import { memberCount, membersOf } from '../../core/relation.js';
import { STATE_NAMES } from '../../core/task-state.js';
import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';
import { describeScheduler } from './scheduler-info.js';

type Reply = MessageWith<'dump-state-reply'>;

/** A page has no more rows, whoever asks: making it is not to keep the cluster waiting. */
const ROWS_MAX = 20_000;
/** Nor are more numbers looked at, most of which may be of tasks that are gone. */
const IDS_MAX = 500_000;
/** A worker may take so long for a page. Milliseconds. */
const WORKER_TIMEOUT_MS = 30_000;

/** One page of the state of the scheduler, or of a worker. */
export async function dumpState(
  server: SchedulerContext,
  message: MessageWith<'dump-state'>,
  signal: AbortSignal,
): Promise<Message> {
  const count = Math.min(message.count, ROWS_MAX);
  if (message.server !== '') return ofWorker(server, { ...message, count }, signal);
  if (message.part === 'about')
    return page([{ record: 'scheduler', at: server.now(), ...describeScheduler(server) }], null);
  return message.part === 'tasks' ? tasks(server, message.after, count) : story(server, message.after, count);
}

async function ofWorker(
  server: SchedulerContext,
  message: MessageWith<'dump-state'>,
  signal: AbortSignal,
): Promise<Reply> {
  const peer = [...server.workerPeers].find(({ record }) => record?.about.address === message.server);
  if (peer === undefined || !peer.link.peer.features.includes(INSPECTION_FEATURE)) {
    throw new SchedulerError(
      'GRID_SCHEDULER_UNKNOWN_WORKER',
      `there is no worker at ${message.server} that tells its state`,
      {
        details: { worker: message.server },
      },
    );
  }
  return peer.link.request(message, { timeoutMs: WORKER_TIMEOUT_MS, signal });
}

function tasks({ state }: SchedulerContext, after: number, count: number): Reply {
  const rows: object[] = [];
  const end = Math.min(state.nextTaskId, after + IDS_MAX);
  let id = after;
  for (; id < end && rows.length < count; id += 1) {
    const task = state.tasks.get(id);
    if (task !== undefined) rows.push(describeTask(task));
  }
  return page(rows, id < state.nextTaskId ? id : null);
}

/** Of a task with very many dependencies or holders the first are named. */
const NAMES_MAX = 1000;

function describeTask(task: TaskRecord): object {
  return {
    record: 'task',
    server: 'scheduler',
    key: task.key,
    id: task.id,
    state: STATE_NAMES[task.state],
    group: task.group.name,
    prefix: task.group.prefix.name,
    dependencies: dependenciesOf(task)
      .slice(0, NAMES_MAX)
      .map(({ key }) => key),
    dependents: memberCount(task.dependents),
    waitingCount: task.waitingCount,
    processingOn: task.processingOn?.about.address ?? null,
    whoHas: membersOf(task.whoHas)
      .slice(0, NAMES_MAX)
      .map(({ about }) => about.address),
    wantedBy: wantsOf(task).map(({ client }) => client.name),
    nbytes: task.nbytes,
    runId: task.runId,
    retriesLeft: task.retriesLeft,
    suspicious: task.suspicious,
    isLongRunning: task.isLongRunning,
    priority: task.graph?.options.priority ?? 0,
    generation: task.graph?.generation ?? 0,
    blame: task.failure?.key ?? null,
  };
}

function story({ state }: SchedulerContext, after: number, count: number): Reply {
  const steps = state.story.slice(after, after + count);
  const next = after + count < state.story.size ? after + count : null;
  return page(
    steps.map((step) => ({ record: 'step', server: 'scheduler', ...step })),
    next,
  );
}

function page(rows: readonly object[], next: number | null): Reply {
  const lines = new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { op: 'dump-state-reply', lines, next };
}
