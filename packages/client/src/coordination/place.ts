import type { CallTable } from './call-table.js';
import type { HeldValue } from './held-value.js';
import type { Subscriptions } from './subscriptions.js';

/** How this code reaches the names that it shares with others: over a client, or over the worker of the task it is. */
export interface MeetingPlace {
  readonly calls: CallTable;
  readonly subscriptions: Subscriptions;
  encode(value: unknown, what: string): HeldValue;
  /** Brings a value to life that came with the answer to `call`. */
  decode(value: HeldValue): Promise<unknown>;
}
