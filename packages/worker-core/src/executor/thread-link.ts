import type { FromThread, ThreadSetup, ToThread } from './thread-messages.js';

/** What a link tells of its thread. After `onEnd` nothing follows. */
export interface ThreadLinkEvents {
  onMessage(message: FromThread): void;
  /** The thread is gone, unasked. `error`: what nobody in it caught; `undefined`: it was told to exit by its own code. */
  onEnd(error: unknown): void;
}

/** The main side's line to one thread. */
export interface ThreadLink {
  /** The number by which Node knows it; `undefined` if it is no thread of its own. */
  readonly threadId?: number | undefined;
  /** @param transfer - memory that is moved; it must not be used any more */
  post(message: ToThread, transfer: readonly ArrayBuffer[]): void;
  /** Ends the thread at once, whatever it does. Settles when it is gone, or after a while: native code cannot be ended. */
  terminate(): Promise<void>;
}

/** Starts threads. */
export type StartThread = (setup: ThreadSetup, events: ThreadLinkEvents) => ThreadLink;
