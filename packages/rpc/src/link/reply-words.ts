import type { Message, MessageWith, Op, Replies, RequestOp } from '@grid/protocol';

/** Which reply belongs to which request, at run time; the type makes sure that none is missing. */
const REPLY_WORDS: { readonly [Word in RequestOp]: Replies[Word] } = {
  'register-client': 'client-registered',
  'scheduler-info': 'scheduler-info-reply',
  'who-has': 'who-has-reply',
  'has-what': 'has-what-reply',
  collect: 'collect-reply',
  'plan-scatter': 'plan-scatter-reply',
  'relay-data': 'relay-data-reply',
  'run-function': 'run-function-reply',
  story: 'story-reply',
  'wait-for-workers': 'wait-for-workers-reply',
  'task-states': 'task-states-reply',
  'hold-for-result': 'hold-for-result-reply',
  'memory-manager': 'memory-manager-reply',
  'retire-workers': 'retire-workers-reply',
  'get-output': 'get-output-reply',
  'package-versions': 'package-versions-reply',
  'task-spec': 'task-spec-reply',
  spans: 'spans-reply',
  'flush-activities': 'flush-activities-reply',
  'set-resources': 'set-resources-reply',
  shutdown: 'shutdown-reply',
  'get-logs': 'get-logs-reply',
  profile: 'profile-reply',
  'resume-client': 'resume-client-reply',
  'register-plugin': 'register-plugin-reply',
  'unregister-plugin': 'unregister-plugin-reply',
  'add-plugin': 'add-plugin-reply',
  'drop-plugin': 'drop-plugin-reply',
  replicate: 'replicate-reply',
  rebalance: 'rebalance-reply',
  'register-nanny': 'nanny-registered',
  'restart-worker': 'restart-worker-reply',
  restart: 'restart-reply',
  'register-worker': 'worker-registered',
  heartbeat: 'heartbeat-reply',
  'worker-story': 'story-reply',
  'unregister-worker': 'worker-unregistered',
  'get-data': 'get-data-reply',
  'put-data': 'put-data-reply',
  upload: 'upload-reply',
  'remove-upload': 'remove-upload-reply',
  'take-upload': 'take-upload-reply',
  'get-upload': 'get-upload-reply',
  processing: 'processing-reply',
  nbytes: 'nbytes-reply',
  'task-stream': 'task-stream-reply',
  'explain-task': 'explain-task-reply',
  'dump-state': 'dump-state-reply',
  'call-stacks': 'call-stacks-reply',
  'worker-call-stacks': 'call-stacks-reply',
  'explain-local-task': 'explain-task-reply',
  'relay-actor-call': 'relay-actor-call-reply',
};

const replyByRequest: ReadonlyMap<string, Op> = new Map(Object.entries(REPLY_WORDS));
const replyWords: ReadonlySet<string> = new Set<string>([...Object.values(REPLY_WORDS), 'failure']);
const handshakeWords: ReadonlySet<string> = new Set(['hello', 'challenge', 'answer', 'welcome', 'refusal']);

/** The word of the reply to a request; `undefined` for a word that is no request. */
export function replyWordOf(op: string): Op | undefined {
  return replyByRequest.get(op);
}

/** Whether a message answers a request. */
export function isReplyWord(op: string): boolean {
  return replyWords.has(op);
}

/** Whether a message belongs to the opening of a line and nowhere else. */
export function isHandshakeWord(op: string): boolean {
  return handshakeWords.has(op);
}

/** Narrows a message by its word. */
export function isMessage<Word extends Op>(message: Message, op: Word): message is MessageWith<Word> {
  return message.op === op;
}
