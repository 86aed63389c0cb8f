import type { Future } from '../future.js';
import type { FutureScope } from '../future-scope.js';
import type { FutureTable } from '../future-table.js';
import type { FunctionTable } from '../shell/function-table.js';
import type { Outbox } from '../shell/outbox.js';
import type { SchedulerRequests } from '../shell/scheduler-requests.js';
import type { ValueOpener } from '../shell/value-opener.js';
import type { TaskTies } from '../task-ties.js';

/** What calls of actors need of their client. */
export interface ActorParts {
  readonly outbox: Outbox;
  readonly futures: FutureTable;
  readonly functions: FunctionTable;
  readonly requests: SchedulerRequests;
  readonly opener: ValueOpener;
  readonly ties: TaskTies;
  assertOpen(what: string): void;
  /** A future of a key that somebody else has submitted, which ends with `scope`. */
  takeUp(key: string, scope: FutureScope | null): Future<unknown>;
}
