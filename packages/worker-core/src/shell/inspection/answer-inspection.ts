import type { LogRing } from '@grid/common';
import { installedVersions } from '@grid/common/machine';
import type { ProfilingOptions } from '@grid/profiler';
import { answerGetLogs, type Message } from '@grid/protocol';

import { explainLocalTask } from '../../core/explain-task.js';
import type { Executor } from '../../executor/executor.js';
import type { WorkerState } from '../../core/worker-state.js';
import type { WorkerActivities } from '../worker-activities.js';
import { answerProfile } from './answer-profile.js';
import { dumpState } from './dump-state.js';

/** What there is to be asked about. */
export interface InspectedWorker {
  readonly state: WorkerState;
  readonly address: string;
  readonly executor: Pick<Executor, 'callStacks' | 'profiler'>;
  readonly activities: Pick<WorkerActivities, 'tell'>;
  /** Where tasks find their packages. */
  readonly root: string;
  /** What the worker logs. */
  readonly log: LogRing;
  /** How what tasks do is sampled. */
  readonly profiling: ProfilingOptions;
}

/** Answers what people ask about this worker; `null`: the message is no such question. */
export async function answerInspection(worker: InspectedWorker, message: Message): Promise<Message | null> {
  const { state, address, executor, activities, root, log } = worker;
  switch (message.op) {
    case 'worker-story': {
      const keys = message.keys.length === 0 ? undefined : new Set(message.keys);
      return { op: 'story-reply', rows: state.story.rows(keys).map((row) => ({ ...row, server: address })) };
    }
    case 'worker-call-stacks': {
      const taskIds = message.taskIds === null ? null : Array.from(message.taskIds);
      return { op: 'call-stacks-reply', workers: [{ worker: address, tasks: await executor.callStacks(taskIds) }] };
    }
    case 'package-versions': {
      const packages = installedVersions(root, message.packages);
      return { op: 'package-versions-reply', workers: [{ worker: address, packages }] };
    }
    case 'get-logs':
      return answerGetLogs(log, message);
    case 'profile':
      return answerProfile(worker, message);
    case 'flush-activities':
      activities.tell();
      return { op: 'flush-activities-reply' };
    case 'dump-state':
      return dumpState(state, address, message);
    case 'explain-local-task':
      return { op: 'explain-task-reply', explanation: { ...explainLocalTask(state, message.taskId) } };
    default:
      return null;
  }
}
