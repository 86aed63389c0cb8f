import type { Logger } from '@grid/common';

import type { ActorLines } from './actors/actor-lines.js';
import type { ClientState } from './core/client-state.js';
import type { FutureTable } from './future-table.js';
import type { LogFollowers } from './logs/log-followers.js';
import type { OutputFollowers } from './output/output-followers.js';
import type { ExplainWait } from './operations/settle.js';
import type { TokenSource } from './operations/task-key.js';
import type { ClientPlugins } from './plugins/client-plugins.js';
import type { ArgumentWriter } from './shell/argument-writer.js';
import type { ClusterSetup } from './shell/cluster-setup.js';
import type { FunctionTable } from './shell/function-table.js';
import type { Outbox } from './shell/outbox.js';
import type { ResultFetcher } from './shell/result-fetcher.js';
import type { SchedulerRequests } from './shell/scheduler-requests.js';
import type { ValueOpener } from './shell/value-opener.js';
import type { TaskTies } from './task-ties.js';

/** What the operations of a client work with. */
export interface ClientParts {
  readonly state: ClientState;
  readonly outbox: Outbox;
  readonly futures: FutureTable;
  readonly functions: FunctionTable;
  readonly args: ArgumentWriter;
  readonly tokens: TokenSource;
  readonly requests: SchedulerRequests;
  readonly fetcher: ResultFetcher;
  readonly opener: ValueOpener;
  readonly actors: ActorLines;
  readonly explain: ExplainWait;
  readonly output: OutputFollowers;
  readonly logs: LogFollowers;
  readonly plugins: ClientPlugins;
  /** `null` where no other scheduler is looked for. */
  readonly setup: ClusterSetup | null;
  /** `nullLogger` where the program gave none. */
  readonly logger: Logger;
  readonly ties: TaskTies;
  /** Throws `GRID_CLIENT_CLOSED` or `GRID_CLIENT_SCHEDULER_LOST` if nothing can be sent any more. */
  assertOpen(what: string): void;
}
