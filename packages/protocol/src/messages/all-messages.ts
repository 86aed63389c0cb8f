import * as actors from './actors.js';
import * as clientHeartbeat from './client-heartbeat.js';
import * as clientScheduler from './client-scheduler.js';
import * as coordinationAnswers from './coordination-answers.js';
import * as coordinationCalls from './coordination-calls.js';
import type { MessageDefinition, MessageOf } from './define-message.js';
import * as handshake from './handshake.js';
import * as logs from './logs.js';
import * as nannies from './nannies.js';
import * as profile from './profile.js';
import * as replay from './replay.js';
import * as plugins from './plugins.js';
import * as runAudit from './run-audit.js';
import * as replicas from './replicas.js';
import * as inspection from './inspection.js';
import * as resume from './resume.js';
import * as resources from './resources.js';
import * as shutdown from './shutdown.js';
import * as spans from './spans.js';
import * as schedulerWorker from './scheduler-worker.js';
import * as taskOutput from './task-output.js';
import * as uploads from './uploads.js';
import * as versions from './versions.js';
import * as workerData from './worker-data.js';

/* Everything that one process may say to another, in one closed union. */

type Definitions = typeof clientScheduler &
  typeof schedulerWorker &
  typeof workerData &
  typeof coordinationCalls &
  typeof coordinationAnswers &
  typeof uploads &
  typeof replicas &
  typeof runAudit &
  typeof replay &
  typeof spans &
  typeof resources &
  typeof shutdown &
  typeof inspection &
  typeof taskOutput &
  typeof versions &
  typeof nannies &
  typeof actors &
  typeof plugins &
  typeof resume &
  typeof clientHeartbeat &
  typeof logs &
  typeof profile &
  typeof handshake;

type DefinitionIn<Module> = Extract<Module[keyof Module], MessageDefinition>;

/** Any message. */
export type Message = MessageOf<DefinitionIn<Definitions>>;

/** The words of all messages. */
export type Op = Message['op'];

/** The message with this word. */
export type MessageWith<Word extends Op> = Extract<Message, { readonly op: Word }>;

/** All definitions, for the codec and for documents. */
export const allDefinitions: readonly MessageDefinition[] = [
  clientScheduler,
  schedulerWorker,
  workerData,
  coordinationCalls,
  coordinationAnswers,
  uploads,
  replicas,
  runAudit,
  replay,
  spans,
  resources,
  shutdown,
  inspection,
  taskOutput,
  versions,
  nannies,
  actors,
  plugins,
  clientHeartbeat,
  logs,
  profile,
  resume,
  handshake,
].flatMap((module) => Object.values(module).filter(isDefinition));

function isDefinition(value: unknown): value is MessageDefinition {
  return typeof value === 'object' && value !== null && 'op' in value && 'code' in value && 'fields' in value;
}

/** Which reply belongs to which request. */
export interface Replies {
  'register-client': 'client-registered';
  'scheduler-info': 'scheduler-info-reply';
  'who-has': 'who-has-reply';
  'has-what': 'has-what-reply';
  collect: 'collect-reply';
  'plan-scatter': 'plan-scatter-reply';
  'relay-data': 'relay-data-reply';
  'run-function': 'run-function-reply';
  story: 'story-reply';
  'wait-for-workers': 'wait-for-workers-reply';
  'task-states': 'task-states-reply';
  'hold-for-result': 'hold-for-result-reply';
  'memory-manager': 'memory-manager-reply';
  'retire-workers': 'retire-workers-reply';
  'get-output': 'get-output-reply';
  'package-versions': 'package-versions-reply';
  'task-spec': 'task-spec-reply';
  spans: 'spans-reply';
  'flush-activities': 'flush-activities-reply';
  'set-resources': 'set-resources-reply';
  shutdown: 'shutdown-reply';
  'get-logs': 'get-logs-reply';
  profile: 'profile-reply';
  'resume-client': 'resume-client-reply';
  'register-plugin': 'register-plugin-reply';
  'unregister-plugin': 'unregister-plugin-reply';
  'add-plugin': 'add-plugin-reply';
  'drop-plugin': 'drop-plugin-reply';
  replicate: 'replicate-reply';
  rebalance: 'rebalance-reply';
  'register-nanny': 'nanny-registered';
  'restart-worker': 'restart-worker-reply';
  restart: 'restart-reply';
  'register-worker': 'worker-registered';
  heartbeat: 'heartbeat-reply';
  'worker-story': 'story-reply';
  'unregister-worker': 'worker-unregistered';
  'get-data': 'get-data-reply';
  'put-data': 'put-data-reply';
  upload: 'upload-reply';
  'remove-upload': 'remove-upload-reply';
  'take-upload': 'take-upload-reply';
  'get-upload': 'get-upload-reply';
  processing: 'processing-reply';
  nbytes: 'nbytes-reply';
  'task-stream': 'task-stream-reply';
  'explain-task': 'explain-task-reply';
  'dump-state': 'dump-state-reply';
  'call-stacks': 'call-stacks-reply';
  'worker-call-stacks': 'call-stacks-reply';
  'relay-actor-call': 'relay-actor-call-reply';
  'explain-local-task': 'explain-task-reply';
}

/** The words of messages that are answered. */
export type RequestOp = keyof Replies;

/** The answer to a request. */
export type ReplyTo<Word extends RequestOp> = MessageWith<Replies[Word]>;

/** What clients and tasks say at the names that the scheduler keeps. */
export type CoordinationCall = MessageOf<DefinitionIn<typeof coordinationCalls>>;

/** What they are told. */
export type CoordinationAnswer = MessageOf<DefinitionIn<typeof coordinationAnswers>>;

const callWords = wordsOf(coordinationCalls);
const answerWords = wordsOf(coordinationAnswers);

export function isCoordinationCall(message: Message): message is CoordinationCall {
  return callWords.has(message.op);
}

export function isCoordinationAnswer(message: Message): message is CoordinationAnswer {
  return answerWords.has(message.op);
}

function wordsOf(module: object): ReadonlySet<string> {
  return new Set(
    Object.values(module)
      .filter(isDefinition)
      .map(({ op }) => op),
  );
}
