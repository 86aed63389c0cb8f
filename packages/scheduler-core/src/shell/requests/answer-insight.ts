import type { Message } from '@grid/protocol';

import type { SchedulerContext } from '../scheduler-context.js';
import { explainTaskRequest } from './explain-task.js';
import { getLogs } from './get-logs.js';
import { profile } from './profile.js';
import { setResources } from './set-resources.js';
import { spans } from './spans.js';
import { describeTaskSpec } from './task-spec.js';
import { taskStream } from './task-stream.js';

/** Answers what is asked about what tasks do, cost, need and are made of; `null`: the message is no such question. */
export async function answerInsight(server: SchedulerContext, message: Message): Promise<Message | null> {
  switch (message.op) {
    case 'explain-task':
      return explainTaskRequest(server, message.key);
    case 'get-logs':
      return getLogs(server, message);
    case 'profile':
      return profile(server, message);
    case 'set-resources':
      return setResources(server, message);
    case 'spans':
      return spans(server);
    case 'task-spec':
      return describeTaskSpec(server, message);
    case 'task-stream':
      return taskStream(server, message);
    default:
      return null;
  }
}
