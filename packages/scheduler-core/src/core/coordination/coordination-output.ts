import type { Facts, MessageWith } from '@grid/protocol';

import type { Party } from './party.js';
import type { TopicEvent } from './topic-event.js';

/** An encoded value, with the keys of the tasks that it refers to. */
export type HeldValue = MessageWith<'variable-set'>['value'];

/** What came of a call; what is absent means nothing for it. */
export interface Answer {
  readonly value?: number;
  readonly texts?: readonly string[];
  readonly values?: readonly HeldValue[];
  readonly times?: readonly number[];
  readonly data?: Facts;
}

/** Why a call failed. */
export interface CallFailure {
  readonly code:
    | 'GRID_SCHEDULER_CAPACITY_DIFFERS'
    | 'GRID_SCHEDULER_COORDINATION_FULL'
    | 'GRID_SCHEDULER_BAD_REQUEST'
    | 'GRID_SCHEDULER_NAME_CLOSED'
    | 'GRID_SCHEDULER_NAME_TAKEN'
    | 'GRID_SCHEDULER_UNKNOWN_NAME';
  readonly message: string;
}

/** What the coordination core has others do. */
export interface CoordinationOutput {
  answer(party: Party, call: number, answer: Answer): void;
  fail(party: Party, call: number, failure: CallFailure): void;
  abandoned(party: Party, call: number): void;
  /** The party does not hold these any more, without having given them back. */
  leasesLost(party: Party, leases: readonly number[]): void;
  /** Something was published at a topic that the party listens to. */
  topicMessage(party: Party, name: string, event: TopicEvent): void;
  /** Keeps the results of tasks. @returns A number for {@link CoordinationOutput.release}. */
  hold(keys: readonly string[]): number;
  release(hold: number): void;
}
