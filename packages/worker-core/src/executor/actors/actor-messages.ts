import type { MessageWith } from '@grid/protocol';

/*
 * What the main side and the thread of an actor say to each other besides what is said about tasks: an actor is made as any
 * task is run, and called by these.
 */

/** Where calls come from: a line to a caller, by the number that the main side gave it. */
export type LineNumber = number;

type Calls = MessageWith<'actor-calls'>;
type Answers = MessageWith<'actor-answers'>;

/** Calls of one line, in order. They are of actors of this thread, as far as they are still there. */
export interface ActorCallsMessage {
  readonly kind: 'actor-calls';
  readonly line: LineNumber;
  readonly calls: Omit<Calls, 'op'>;
}

/** Nobody waits for these calls any more. */
export interface ActorAbandonMessage {
  readonly kind: 'actor-abandon';
  readonly line: LineNumber;
  readonly callIds: readonly number[];
}

/** The caller has taken up the futures in these results; `null`: it is gone, whatever it waited for or was to take. */
export interface ActorConfirmMessage {
  readonly kind: 'actor-confirm';
  readonly line: LineNumber;
  readonly callIds: readonly number[] | null;
}

/** Nobody can call this actor any more. */
export interface ActorDropMessage {
  readonly kind: 'actor-drop';
  readonly actorId: number;
}

export type ActorToThread = ActorCallsMessage | ActorAbandonMessage | ActorConfirmMessage | ActorDropMessage;

/** What came of some calls of one line. */
export interface ActorAnswersMessage {
  readonly kind: 'actor-answers';
  readonly line: LineNumber;
  readonly answers: Omit<Answers, 'op'>;
}

/** What actors say to the scheduler is theirs under a number that no task and no function has. */
const FIRST_OWNER = -(2 ** 40);

/** The owner of an actor's line to the scheduler. */
export function ownerOfActor(actorId: number): number {
  return FIRST_OWNER - actorId;
}

/** Whether a line to the scheduler is an actor's. */
export function isActorOwner(owner: number): boolean {
  return owner <= FIRST_OWNER;
}

/** The actor whose line it is. */
export function actorOfOwner(owner: number): number {
  return FIRST_OWNER - owner;
}
