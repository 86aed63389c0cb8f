import type { Message } from '@grid/protocol';
import type { RpcError } from '../../src/errors.js';
import type { LinkHandlers } from '../../src/link/link-handlers.js';

/** Keeps what comes in; answers requests with what the test gave. */
export class RecordedHandlers implements LinkHandlers {
  readonly messages: Message[] = [];
  readonly requests: Message[] = [];
  readonly closings: (RpcError | undefined)[] = [];
  readonly #answer: (request: Message) => Promise<Message>;

  constructor(answer: (request: Message) => Promise<Message> = answerHeartbeat) {
    this.#answer = answer;
  }

  onMessage(message: Message): void {
    this.messages.push(message);
  }

  onRequest(message: Message): Promise<Message> {
    this.requests.push(message);
    return this.#answer(message);
  }

  onClosed(reason: RpcError | undefined): void {
    this.closings.push(reason);
  }
}

export async function answerHeartbeat(message: Message): Promise<Message> {
  const now = message.op === 'heartbeat' ? message.now : 0;
  return { op: 'heartbeat-reply', status: 'ok', intervalMs: 500, now };
}

export function heartbeat(now: number): Message & { op: 'heartbeat' } {
  return { op: 'heartbeat', now, metrics: {} };
}
