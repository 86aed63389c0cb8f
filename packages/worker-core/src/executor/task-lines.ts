import { decodeValue, encodeValue, type CoordinationAnswer } from '@grid/protocol';

import type { CodeLoader } from './code-loader.js';
import { sendable } from './pack-run-message.js';
import type { TaskLine } from './task-context.js';
import type { LineAnswerMessage, LineCallMessage } from './thread-messages.js';

/** The lines of the tasks of one thread. Their far end is the main side, which hands on what is said. */
export class TaskLines {
  readonly #code: CodeLoader;
  readonly #post: (message: LineCallMessage) => void;
  readonly #listeners = new Map<number, (message: CoordinationAnswer) => void>();

  constructor(code: CodeLoader, post: (message: LineCallMessage) => void) {
    this.#code = code;
    this.#post = post;
  }

  open(owner: number, onAnswer: (message: CoordinationAnswer) => void): TaskLine {
    const code = this.#code;
    this.#listeners.set(owner, onAnswer);
    return {
      send: (message) => {
        // What a task has left behind speaks for nobody: its locks are not its own any more.
        if (this.#listeners.has(owner)) this.#post({ kind: 'line-call', owner, message });
      },
      encode(value, futures = {}) {
        const { body, buffers } = encodeValue(value, { ...futures, code: code.encoder });
        return { body: sendable(body), buffers: buffers.map(sendable) };
      },
      async decode(payload, futures = {}) {
        await code.prepare(payload);
        return decodeValue(payload, { ...futures, code: code.decoder });
      },
    };
  }

  receive({ owner, message }: LineAnswerMessage): void {
    this.#listeners.get(owner)?.(message);
  }

  end(owner: number): void {
    if (this.#listeners.size > 0) this.#listeners.delete(owner);
  }
}
