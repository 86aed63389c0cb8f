import { asAddress, isGridError, messageOf, parseDuration, type Duration, type Logger } from '@grid/common';
import {
  ByteSink,
  isCoordinationAnswer,
  type CallableValue,
  type FunctionDecoder,
  type FunctionEncoder,
  type Message,
  type MessageWith,
} from '@grid/protocol';
import type { ConnectionPool, LinkHandlers } from '@grid/rpc';

import { ActorLines } from '../actors/actor-lines.js';
import type { Dial } from '../actors/actor-line.js';
import type { ActorParts } from '../actors/actor-parts.js';
import type { ClientParts } from '../client-parts.js';
import { CallTable } from '../coordination/call-table.js';
import { createClientPlace, takeUp } from '../coordination/client-place.js';
import type { MeetingPlace } from '../coordination/place.js';
import { SubmissionLog } from '../core/submission-log.js';
import { createClientState } from '../core/client-state.js';
import { CLIENT_CLOSED, notifyWaiters, type FutureRecord } from '../core/future-record.js';
import { failWithDependencies, type RefusedDependents } from '../core/fail-with-dependencies.js';
import { handleMessage, loseScheduler } from '../core/handle-message.js';
import { ClientError } from '../errors.js';
import type { FutureHandle, FutureHost } from '../future-handle.js';
import { FutureTable } from '../future-table.js';
import type { WaitLimit } from '../future.js';
import { explainWait } from '../inspection/explain-task.js';
import { fetchResults } from '../operations/fetch.js';
import { settle } from '../operations/settle.js';
import { errorOfRecord } from '../operations/task-error.js';
import { logsOf } from '../operations/task-output.js';
import type { LogEntry } from '../output/log-entry.js';
import { ClientPlugins } from '../plugins/client-plugins.js';
import { LogFollowers } from '../logs/log-followers.js';
import { OutputFollowers } from '../output/output-followers.js';
import { ArgumentWriter } from './argument-writer.js';
import type { FutureScope } from '../future-scope.js';
import { NO_TIES, type TaskTies } from '../task-ties.js';
import { ClusterSetup } from './cluster-setup.js';
import { FunctionTable, type KeptFunction } from './function-table.js';
import { Heartbeat } from './heartbeat.js';
import { LateLink } from './late-link.js';
import { Outbox } from './outbox.js';
import { resubmit } from './resubmit.js';
import { ResultFetcher } from './result-fetcher.js';
import { SchedulerReturn } from './scheduler-return.js';
import type { OpenedLine, SchedulerWay } from './scheduler-way.js';
import { SchedulerRequests } from './scheduler-requests.js';
import { ValueOpener } from './value-opener.js';
import type { Warn } from './warnings.js';

/** A client that holds leases says so often within the time that they last without a word that it is alive. */
const RENEWALS_PER_TIMEOUT = 5;

/** Where nothing is submitted again, what was refused is so for good. */
const NOT_DEPENDENT: RefusedDependents = { failed: [], again: new Set() };

/** What a session is made from. */
export interface SessionParts {
  readonly pool: ConnectionPool;
  readonly encoder: FunctionEncoder;
  readonly decoder: FunctionDecoder;
  readonly logger: Logger;
  readonly warn: Warn;
  /** A cluster that ends with the session. */
  readonly owned: AsyncDisposable | null;
  readonly ties: TaskTies;
  /** Opens a line to a worker. */
  readonly dial: Dial;
  /** Whether it looks for another scheduler when its own is lost. */
  readonly reconnects: boolean;
}

/** The life of one client at its scheduler, or at several that follow one another, and everything that lives as long. */
export class ClientSession implements LinkHandlers, FutureHost {
  readonly id: string;
  readonly schedulerAddress: string;
  readonly parts: ClientParts;
  readonly #session: SessionParts;
  /** Where this client meets others. */
  readonly place: MeetingPlace;
  readonly #calls: CallTable;
  readonly #link = new LateLink();
  readonly #heartbeat = new Heartbeat();
  readonly #log: SubmissionLog<KeptFunction> | null;
  /** How another scheduler is found; `null` before the first. */
  #return: SchedulerReturn | null = null;
  #schedulerId = '';
  /** Numbers of failed tasks that the scheduler knows nothing of, since it is not the one at which they failed. */
  #left = new Set<number>();
  #isSubmittingAgain = false;
  #status: 'running' | 'lost' | 'closed' = 'running';

  constructor(id: string, schedulerAddress: string, session: SessionParts) {
    this.id = id;
    this.schedulerAddress = schedulerAddress;
    this.#session = session;
    this.#log = session.reconnects ? new SubmissionLog() : null;
    this.parts = this.#createParts();
    this.#calls = new CallTable((message) => {
      if (!this.#link.isClosed) this.parts.outbox.send(message);
    });
    this.place = createClientPlace(this.parts, this.#calls);
  }

  /** Whether it belongs to a thread of a worker, whose tasks share it. */
  get isOfTasks(): boolean {
    return this.#session.ties !== NO_TIES;
  }

  get status(): 'running' | 'reconnecting' | 'lost' | 'closed' {
    return this.#status === 'running' && this.#link.isAway ? 'reconnecting' : this.#status;
  }

  /** Takes over a line on which this client has been registered. */
  attach(line: OpenedLine, way: SchedulerWay): void {
    const { id } = this;
    if (this.#log !== null) {
      this.#return = new SchedulerReturn(way, {
        clientId: id,
        handlers: this,
        resume: (next) => this.#resume(next),
        onGivenUp: (reason) => this.#lose(reason),
      });
    }
    this.#useLine(line);
  }

  #useLine(line: OpenedLine): void {
    const { link, registered } = line;
    const { leaseTimeoutMs, heartbeatMs } = registered.info;
    this.#schedulerId = registered.schedulerId;
    if (typeof leaseTimeoutMs === 'number') this.#calls.renewMs = leaseTimeoutMs / RENEWALS_PER_TIMEOUT;
    if (typeof heartbeatMs === 'number') this.#heartbeat.start(link, heartbeatMs);
    line.adopt();
    if (this.#status === 'running') this.#link.attach(link);
    else link.abort(new ClientError('GRID_CLIENT_CLOSED', 'the client was closed while it connected'));
    // It may be gone again; nobody was told of that.
    if (link.isClosed) this.onClosed(undefined);
  }

  /**
   * The same to the scheduler that there is: it knows nothing of some tasks that are to run again.
   *
   * Once at a time: the end of one would be that of all, and the scheduler take what the next ones say for new.
   */
  async #submitAgain(): Promise<void> {
    if (this.#isSubmittingAgain) return;
    this.#isSubmittingAgain = true;
    try {
      do {
        const link = this.#link.current;
        if (this.#log === null || link === null) return;
        this.parts.outbox.closeBatch();
        this.#left = await resubmit(link, this.#schedulerId, { ...this.parts, log: this.#log });
        // Those that were to run again before all was said are with it.
      } while (this.#leavesPending());
    } catch (error) {
      // Its line broke, so all of it is said to the next one; or it does not answer, which others find out.
      this.#session.logger.warn({ error: messageOf(error) }, 'failed tasks could not be submitted again');
    } finally {
      this.#isSubmittingAgain = false;
    }
  }

  #leavesPending(): boolean {
    const { byId } = this.parts.state;
    for (const id of this.#left) if (byId.get(id)?.status === 'pending') return true;
    return false;
  }

  /** Submits to another scheduler, or again to this one, what this client holds futures of. */
  async #resume(line: OpenedLine): Promise<void> {
    if (this.#log === null) return;
    const { output, logs, setup } = this.parts;
    const { pool } = this.#session;
    const isAnother = line.registered.schedulerId !== this.#schedulerId;
    if (isAnother) await setup?.restore({ link: line.link, pool, address: asAddress(this.schedulerAddress) });
    this.#left = await resubmit(line.link, this.#schedulerId, { ...this.parts, log: this.#log });
    this.#useLine(line);
    output.resume();
    logs.resume();
    this.place.subscriptions.resume();
    this.#session.logger.info({ scheduler: this.schedulerAddress }, 'connected to the scheduler again');
  }

  /** No scheduler was found for what this client has been asked to do already. */
  fail(reason: unknown): void {
    this.#link.fail(reason);
    this.#lose(messageOf(reason));
  }

  onMessage(message: Message): void {
    if (message.op === 'scheduler-closing') {
      this.#lose(`the scheduler closed: ${message.reason}`);
      return;
    }
    if (message.op === 'output-written') {
      this.parts.output.receive(message);
      return;
    }
    if (message.op === 'logs-written') {
      this.parts.logs.receive(message);
      return;
    }
    if (isCoordinationAnswer(message)) {
      this.#calls.receive(message);
      return;
    }
    if (message.op === 'graph-refused') {
      this.#onRefused(message);
      return;
    }
    for (const record of handleMessage(this.parts.state, message)) notifyWaiters(record);
  }

  #onRefused(message: MessageWith<'graph-refused'>): void {
    const { state } = this.parts;
    const refusal = { left: this.#left, message };
    const { failed, again } = this.#log === null ? NOT_DEPENDENT : failWithDependencies(state, this.#log, refusal);
    for (const record of failed) notifyWaiters(record);
    if (failed.length + again.size === 0)
      this.#session.logger.warn({ code: message.code, graph: message.graphId }, 'the scheduler refused a graph');
    const ids = Array.from(message.ids).filter((id) => !again.has(id));
    for (const record of handleMessage(state, { ...message, ids })) notifyWaiters(record);
  }

  async onRequest(message: Message): Promise<Message> {
    throw new ClientError('GRID_CLIENT_BAD_OPTION', `a client does not answer '${message.op}'`);
  }

  onClosed(reason: Error | undefined): void {
    const text = reason === undefined ? 'the scheduler closed the connection' : messageOf(reason);
    if (this.#return === null || this.#status !== 'running') this.#lose(text);
    else if (!this.#link.isAway) this.#goAway(this.#return, text);
  }

  async fetch(record: FutureRecord, limit: WaitLimit): Promise<unknown> {
    const results = await fetchResults(this.parts, [record], 'raise', limit);
    return results.get(record);
  }

  async failureOf(record: FutureRecord, limit: WaitLimit): Promise<unknown> {
    await settle(this.parts, [record], 'all', limit);
    return record.status === 'finished' ? undefined : errorOfRecord(this.parts.opener, record);
  }

  async logsOf(record: FutureRecord): Promise<LogEntry[]> {
    return logsOf(this.parts, record);
  }

  release(handle: FutureHandle<unknown>, record: FutureRecord, scope: FutureScope | null): void {
    this.parts.futures.release(handle, record, scope);
  }

  cancel(record: FutureRecord, options: { readonly reason?: string; readonly force?: boolean }): void {
    this.parts.assertOpen('cancel');
    this.parts.futures.cancel([record], options.reason ?? 'cancelled by this client', options.force ?? false);
  }

  retry(record: FutureRecord): void {
    this.parts.assertOpen('retry');
    this.parts.futures.retry([record]);
  }

  retryKeys(ids: readonly number[]): void {
    const known = ids.filter((id) => !this.#left.has(id));
    if (known.length > 0) this.parts.outbox.send({ op: 'retry-keys', ids: known });
    // While there is no scheduler, the next one is told of them anyway.
    if (known.length < ids.length && !this.#link.isAway) void this.#submitAgain();
  }

  fireAndForget(record: FutureRecord): void {
    this.parts.assertOpen('fire and forget');
    this.parts.outbox.send({ op: 'fire-and-forget', ids: [record.id] });
  }

  async waitForWorkers(count: number, timeout: Duration): Promise<void> {
    this.parts.assertOpen('waitForWorkers');
    const timeoutMs = parseDuration(timeout);
    try {
      await this.parts.requests.request({ op: 'wait-for-workers', count }, { timeoutMs });
    } catch (error) {
      if (!isGridError(error, 'GRID_CLIENT_SCHEDULER_SILENT')) throw error;
      throw new ClientError(
        'GRID_CLIENT_TIMEOUT',
        `${String(count)} workers were not there after ${String(timeoutMs)} ms`,
        {
          details: { count, timeoutMs },
          cause: error,
        },
      );
    }
  }

  async close(): Promise<void> {
    if (this.#status === 'closed') return;
    const wasRunning = this.#status === 'running';
    this.#status = 'closed';
    if (wasRunning && !this.#link.isClosed) this.parts.outbox.send({ op: 'close-client' });
    this.#settleAsLost(CLIENT_CLOSED);
    this.#session.encoder.close();
    await this.#link.close();
    await this.#session.pool.close();
    await this.#session.owned?.[Symbol.asyncDispose]();
  }

  /** What is pending stays so, for another scheduler; what only the last one knew is lost with it. */
  #goAway(way: SchedulerReturn, reason: string): void {
    const { schedulerAddress: scheduler } = this;
    // What is said in the same turn of the event loop is for the next one.
    this.#heartbeat.stop();
    this.#link.detach();
    this.parts.state.typeNames.clear();
    this.#calls.interrupt(new ClientError('GRID_CLIENT_SCHEDULER_LOST', reason, { details: { scheduler } }));
    this.#session.warn({
      code: 'GRID_CLIENT_RECONNECTING',
      text: `the scheduler at ${scheduler} is lost (${reason}); looking for another one there`,
      summary: 'scheduler lost, reconnecting',
      fields: { scheduler, reason },
    });
    way.begin(reason);
  }

  #lose(reason: string): void {
    if (this.#status !== 'running') return;
    this.#status = 'lost';
    this.#return?.end();
    // Whoever waits for an answer of another one hears that there is none.
    if (this.#link.isAway) this.#link.fail(new ClientError('GRID_CLIENT_SCHEDULER_LOST', reason));
    this.#session.logger.warn({ scheduler: this.schedulerAddress, reason }, 'scheduler lost');
    this.#settleAsLost(reason);
    this.#link.abort(new ClientError('GRID_CLIENT_SCHEDULER_LOST', reason));
  }

  #settleAsLost(reason: string): void {
    this.#heartbeat.stop();
    for (const record of loseScheduler(this.parts.state, reason)) notifyWaiters(record);
    const code = this.#status === 'closed' ? 'GRID_CLIENT_CLOSED' : 'GRID_CLIENT_SCHEDULER_LOST';
    const error = new ClientError(code, reason, { details: { scheduler: this.schedulerAddress } });
    this.#calls.end(error);
    void this.parts.actors.close(error);
  }

  #assertOpen(what: string): void {
    if (this.#status === 'running') return;
    if (this.#status === 'closed') throw new ClientError('GRID_CLIENT_CLOSED', `${what} after the client was closed`);
    throw new ClientError(
      'GRID_CLIENT_SCHEDULER_LOST',
      `cannot ${what}: ${this.parts.state.lostReason ?? 'the scheduler is gone'}`,
      {
        details: { scheduler: this.schedulerAddress },
      },
    );
  }

  #createParts(): ClientParts {
    const { pool, encoder, decoder, logger, warn, ties, dial } = this.#session;
    const link = this.#link;
    const state = createClientState();
    const log = this.#log;
    const functions = new FunctionTable(encoder, warn, undefined, log !== null);
    const outbox = new Outbox(link, functions, () => ties.parentId(), log);
    const futures = new FutureTable(state, outbox, this, () => ties.scope());
    const assertOpen = (what: string): void => this.#assertOpen(what);
    const requests = new SchedulerRequests(link, { pool, address: asAddress(this.schedulerAddress), assertOpen });
    const recordOf = (value: object): FutureRecord | undefined => futures.recordOf(value);
    const args = new ArgumentWriter(recordOf, encoder);
    const actors = new ActorLines(() => actorParts, { host: this, dial, isOfTasks: this.isOfTasks });
    const parts: ClientParts = {
      state,
      outbox,
      futures,
      functions,
      args,
      tokens: {
        recordOf,
        hashOf: (fn: CallableValue, instance?: object) => encoder.hashOf(fn, instance),
        assertSendable: (tuple) => void args.write(new ByteSink(), tuple),
      },
      requests,
      fetcher: new ResultFetcher(requests, pool, logger),
      opener: new ValueOpener(decoder, encoder, (key, actor) => {
        const future = takeUp(parts, key);
        return actor === undefined ? future : actors.handleOf(future, actor);
      }),
      actors,
      explain: (records) => explainWait(parts, records),
      output: new OutputFollowers((message) => {
        if (!link.isClosed) outbox.send(message);
      }),
      logs: new LogFollowers((message) => {
        if (!link.isClosed) outbox.send(message);
      }),
      plugins: new ClientPlugins(logger),
      setup: log === null ? null : new ClusterSetup(logger),
      logger,
      ties,
      assertOpen,
    };
    const actorParts: ActorParts = { ...parts, takeUp: (key, scope) => takeUp(parts, key, scope) };
    return parts;
  }
}
