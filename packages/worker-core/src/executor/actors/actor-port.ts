import type { MessageWith } from '@grid/protocol';

import type { ActorAnswersMessage, LineNumber } from './actor-messages.js';

/** What an executor does for those who call its actors. */
export interface ActorPort {
  /** Takes calls of a line, in order. What is not here is answered as lost. */
  call(line: LineNumber, calls: MessageWith<'actor-calls'>): void;
  /** Nobody waits for these any more. */
  abandon(line: LineNumber, callIds: ArrayLike<number>): void;
  /** The caller has the futures in these results. */
  confirm(line: LineNumber, callIds: ArrayLike<number>): void;
  /** The caller is gone. */
  endLine(line: LineNumber): void;
  /** Nobody can call the actor of this task any more. No effect on what is none. */
  end(taskId: number): void;
}

/** What came of calls. */
export type ActorAnswers = ActorAnswersMessage['answers'];
