import type { Session } from 'node:inspector';

/** What the inspector of a thread says: an answer to `id`, or an event. */
interface ThreadMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: object;
  readonly result?: object;
}

/** The inspector of one thread, by way of this thread's. Opens no port. */
export class ThreadLine {
  readonly #session: Session;
  readonly #sessionId: string;
  readonly #onEvent: (method: string, params: object) => void;
  readonly #answers = new Map<number, (result: object | null) => void>();
  #lastId = 0;

  constructor(session: Session, sessionId: string, onEvent: (method: string, params: object) => void) {
    this.#session = session;
    this.#sessionId = sessionId;
    this.#onEvent = onEvent;
  }

  /** What the thread says: JSON. */
  receive(text: string): void {
    const message = JSON.parse(text) as ThreadMessage;
    if (message.id === undefined) {
      this.#onEvent(message.method ?? '', message.params ?? {});
      return;
    }
    this.#answers.get(message.id)?.(message.result ?? null);
    this.#answers.delete(message.id);
  }

  /** Settles with the answer; with `null` if the thread refuses or is gone; never while it is in native code. */
  async ask(method: string, params: object = {}): Promise<object | null> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      const message = JSON.stringify({ id, method, params });
      this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#sessionId, message }, (error) => {
        // The thread ended meanwhile.
        if (error !== null) this.#settle(id);
      });
    });
  }

  /** The thread is gone. */
  end(): void {
    for (const id of [...this.#answers.keys()]) this.#settle(id);
  }

  #settle(id: number): void {
    this.#answers.get(id)?.(null);
    this.#answers.delete(id);
  }
}

/** The inspector has numbers of its own for threads; Node's is in their titles: `[worker 7] name`. */
export function threadIdOf(title: string): number {
  return Number(/^\[worker (\d+)\]/.exec(title)?.[1] ?? -1);
}
