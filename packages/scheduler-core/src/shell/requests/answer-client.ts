import type { Message } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { ClientPeer, SchedulerContext } from '../scheduler-context.js';
import { answerInsight } from './answer-insight.js';
import { callStacks } from './call-stacks.js';
import { collect } from './collect.js';
import { dumpState } from './dump-state.js';
import { hasWhat } from './has-what.js';
import { holdForResult } from './hold-for-result.js';
import { manageMemory } from './manage-memory.js';
import { nbytes } from './nbytes.js';
import { packageVersions } from './package-versions.js';
import { answerAboutPlugins } from './plugins.js';
import { planScatter } from './plan-scatter.js';
import { processing } from './processing.js';
import { rebalance } from './rebalance.js';
import { relayActorCall } from './relay-actor-call.js';
import { relayData } from './relay-data.js';
import { replicate } from './replicate.js';
import { retireWorkers } from './retire-workers.js';
import { restart } from './restart.js';
import { shutDown } from './shut-down.js';
import { runFunction } from './run-function.js';
import { describeScheduler } from './scheduler-info.js';
import { story } from './story.js';
import { taskStates } from './task-states.js';
import { removeUpload, takeUpload } from './upload.js';
import { whoHas } from './who-has.js';

/** Answers what a client asks. Bulk requests come over lines that have not registered; all others need a record. */
export async function answerClient(server: SchedulerContext, client: ClientPeer, message: Message): Promise<Message> {
  switch (message.op) {
    case 'register-client':
      client.register(message);
      return { op: 'client-registered', schedulerId: server.id, info: describeScheduler(server) };
    case 'resume-client':
      if (message.formerScheduler !== server.id) await server.comebacks.allBack(client.signal);
      client.resume(message.idEnd);
      return { op: 'resume-client-reply' };
    case 'collect':
      return collect(server, message.taskIds, client.signal);
    case 'relay-data':
      return relayData(server, message, client.signal);
    case 'relay-actor-call':
      return relayActorCall(server, message, client.signal);
    case 'scheduler-info':
      return { op: 'scheduler-info-reply', info: describeScheduler(server) };
    case 'who-has':
      return whoHas(server.state, client.record, message.ids);
    case 'has-what':
      return hasWhat(server.state, message.workers);
    case 'processing':
      return processing(server.state, message.workers);
    case 'nbytes':
      return nbytes(server.state, message);
    case 'call-stacks':
      return callStacks(server, message);
    case 'dump-state':
      return dumpState(server, message, client.signal);
    case 'plan-scatter':
      client.checkNumbers(message.ids);
      return planScatter(server, client.record, message);
    case 'hold-for-result':
      return holdForResult(server, client, message);
    case 'run-function':
      return runFunction(server, message, client.signal);
    case 'story':
      return story(server, message.keys);
    case 'wait-for-workers':
      return { op: 'wait-for-workers-reply', count: await server.waiters.wait(message.count, client.signal) };
    case 'upload':
      return takeUpload(server, message);
    case 'remove-upload':
      return removeUpload(server, message.name);
    case 'memory-manager':
      return manageMemory(server.memoryManager, message);
    case 'replicate':
      return replicate(server, client.record, message);
    case 'rebalance':
      return rebalance(server, client, message);
    case 'retire-workers':
      return retireWorkers(server, message);
    case 'get-output':
      return server.taskOutput.kept(client.record, message.ids);
    case 'package-versions':
      return packageVersions(server, message.packages);
    case 'restart':
      return restart(server, message);
    case 'register-plugin':
    case 'unregister-plugin':
      return answerAboutPlugins(server, message);
    case 'shutdown':
      return shutDown(server, message.reason);
    case 'task-states':
      return taskStates(server.state, client.record, message.ids);
    default:
      return (await answerInsight(server, message)) ?? refuse(message);
  }
}

function refuse({ op }: Message): never {
  throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `a client does not ask '${op}'`, { details: { op } });
}
