import { isCoordinationCall, type Message, type MessageWith, type NumberColumn } from '@grid/protocol';
import type { Link, LinkHandlers } from '@grid/rpc';

import type { GraphRefusal } from '../core/graph-refusal.js';
import type { ClientRecord } from '../core/records.js';
import { SchedulerError } from '../errors.js';
import { ClientOutbox } from './client-outbox.js';
import { CLUSTER_TOPICS } from './events/cluster-events.js';
import { checkGraph, isRefusal, SLICE_ROWS, type CheckedGraph } from './graph-intake.js';
import { answerClient } from './requests/answer-client.js';
import type { HeardClient } from './time-limits.js';
import { refuseBlocked } from './requests/blocked-requests.js';
import type { ClientPeer, SchedulerContext } from './scheduler-context.js';

/** Numbers that a client may leave out. More than a message can have rows, and less than would hurt. */
const NUMBER_GAP_MAX = 10_000_000;

/**
 * One client's link: its messages become stimuli, in order.
 *
 * A long graph is taken in slices, a turn of the event loop each; what the client says meanwhile waits behind it. A link
 * that never registers is one of a client's further lines, for bulk requests only.
 */
export class ClientStream implements LinkHandlers, ClientPeer, HeardClient {
  readonly link: Link;
  readonly #server: SchedulerContext;
  readonly #functions = new Map<number, number>();
  readonly #closed = new AbortController();
  #record: ClientRecord | null = null;
  /** While it submits again what it had: wants what it does not, and what later submissions need. */
  #resumeOwner: ClientRecord | null = null;
  /** One above the numbers that it had before this line. */
  #idEnd = 0;
  #topic = '';
  #hasLeft = false;
  /** When something was heard on this line. */
  heardAt: number;
  hasHeartbeat = false;
  /** What came while a long graph was being taken in; `null` when none is. */
  #backlog: (() => void)[] | null = null;

  constructor(link: Link, server: SchedulerContext) {
    this.link = link;
    this.#server = server;
    this.heardAt = server.now();
  }

  /** Fires when the link is gone. */
  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  /** The client's record. Throws if it has not registered. */
  get record(): ClientRecord {
    if (this.#record !== null) return this.#record;
    throw new SchedulerError('GRID_SCHEDULER_NOT_REGISTERED', 'this line has not registered as a client');
  }

  get name(): string {
    return this.#topic;
  }

  giveUp(reason: string): void {
    this.link.abort(new SchedulerError('GRID_SCHEDULER_CLOSED', reason));
  }

  onMessage(message: Message): void {
    this.heardAt = this.#server.now();
    if (message.op === 'heartbeat-client') {
      this.hasHeartbeat = true;
      return;
    }
    this.#server.timeLimits.noteActivity();
    if (this.#backlog !== null) this.#backlog.push(() => this.#take(message));
    else this.#take(message);
  }

  onRequest(message: Message): Promise<Message> {
    this.heardAt = this.#server.now();
    return this.#server.timeLimits.during(this.#answer(message));
  }

  async #answer(message: Message): Promise<Message> {
    refuseBlocked(this.#server.blockedRequests, message.op);
    // Requests may be about what the messages before them said.
    if (this.#backlog !== null) await new Promise<void>((resolve) => this.#backlog?.push(resolve));
    return answerClient(this.#server, this, message);
  }

  onClosed(): void {
    this.#closed.abort(new SchedulerError('GRID_SCHEDULER_CLOSED', 'the client is gone'));
    this.#leave();
  }

  /** Numbers of new tasks are dense, up to a few that the client has given away in vain; others would blow up its table. */
  checkNumbers(ids: ArrayLike<number>): void {
    const limit = Math.max(this.record.nextId, this.#idEnd) + NUMBER_GAP_MAX;
    for (let row = 0; row < ids.length; row += 1) {
      if ((ids[row] as number) <= limit + ids.length) continue;
      throw new SchedulerError(
        'GRID_SCHEDULER_BAD_REQUEST',
        `the number ${String(ids[row])} is far beyond those given so far`,
      );
    }
  }

  /** Makes the client known; once. */
  register({ name, clientId }: MessageWith<'register-client'>): void {
    if (this.#record !== null)
      throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'this line has registered already');
    const label = name === '' ? clientId : name;
    this.#topic = clientId;
    this.#server.timeLimits.clientCame(this);
    this.#server.events.peerCame(clientId);
    this.#server.events.tell([CLUSTER_TOPICS.all, clientId], 'add-client', { client: clientId, name: label });
    this.#server.stimulate({
      op: 'add-client',
      name: label,
      isListening: true,
      onRecord: (record) => {
        this.#record = record;
        this.#server.output.clients.set(
          record.id,
          new ClientOutbox(this.link, this.#server.state, this.#server.typeNames),
        );
      },
    });
  }

  resume(idEnd: number): void {
    const { record } = this;
    this.#idEnd = Math.max(this.#idEnd, idEnd);
    this.#resumeOwner ??= this.#addOwner(`what ${record.name} had`);
  }

  #take(message: Message): void {
    // What was still on its way when the client took its leave.
    if (this.#hasLeft) return;
    const { record: client } = this;
    switch (message.op) {
      case 'update-graph':
        return this.#takeGraph(message);
      case 'release-keys':
        return this.#server.stimulate({ op: 'client-releases-keys', client, ids: message.ids });
      case 'desire-keys': {
        const { ids, keys } = message;
        if (ids.length !== keys.length) throw badMessage(message.op);
        this.checkNumbers(ids);
        return this.#server.stimulate({ op: 'client-desires-keys', client, ids, keys });
      }
      case 'cancel-keys':
        return this.#server.stimulate({ op: 'cancel-keys', client, ids: message.ids, force: message.force });
      case 'retry-keys':
        return this.#server.stimulate({ op: 'retry-keys', client, ids: message.ids });
      case 'follow-output':
        return this.#server.taskOutput.follow(client, this.link, message.ids);
      case 'unfollow-output':
        return this.#server.taskOutput.unfollow(client, message.ids);
      case 'follow-logs':
        return this.#server.workerLogs.follow(client, this.link, message.level);
      case 'fire-and-forget':
        return this.#server.stimulate({ op: 'fire-and-forget', client, ids: message.ids });
      case 'release-functions':
        return this.#releaseFunctions(message.functionIds);
      case 'end-resume':
        return this.#endResume();
      case 'close-client':
        return this.#leave();
      default:
        if (isCoordinationCall(message)) return this.#server.coordination.take(this.link, message);
        throw badMessage(message.op);
    }
  }

  #takeGraph(message: MessageWith<'update-graph'>): void {
    const units = new Map(message.units.map((unit) => [unit.hash, unit]));
    for (const part of message.functions) {
      if (this.#functions.has(part.id)) continue;
      this.#functions.set(part.id, this.#server.functions.introduce(part, units));
    }
    this.checkNumbers([message.firstId, message.firstId + message.keys.length]);
    const checked = checkGraph(message, this.#functions);
    if (isRefusal(checked)) {
      this.#refuse(checked, message);
      return;
    }
    this.#server.functions.hold(checked.graph, checked.functionIds);
    const { keys, options } = message;
    this.#server.plugins.onGraph(this.#topic, { count: keys.length, custom: options.custom }, () =>
      Array.from({ length: keys.length }, (_, row) => keys.at(row)),
    );
    if (!checked.isSliceable) {
      this.#takeRows(message, checked, { firstRow: 0, endRow: message.keys.length, owner: this.#resumeOwner });
      return;
    }
    const owner = this.#resumeOwner ?? this.#addOwner(`graph ${String(message.graphId)} of ${this.record.name}`);
    this.#backlog = [];
    this.#takeSlice(message, checked, 0, owner);
  }

  /** Somebody who wants tasks for a while, and is not told of them. */
  #addOwner(name: string): ClientRecord {
    let owner: ClientRecord | null = null;
    this.#server.stimulate({ op: 'add-client', name, isListening: false, onRecord: (record) => void (owner = record) });
    return owner as unknown as ClientRecord;
  }

  #endResume(): void {
    const owner = this.#resumeOwner;
    this.#resumeOwner = null;
    if (owner !== null) this.#server.stimulate({ op: 'remove-client', client: owner });
  }

  #takeRows(
    message: MessageWith<'update-graph'>,
    { graph, wanted }: CheckedGraph,
    slice: { readonly firstRow: number; readonly endRow: number; readonly owner: ClientRecord | null },
  ): void {
    const { firstId, keys, dependencies, parent } = message;
    this.#server.stimulate({
      op: 'update-graph',
      client: this.record,
      graph,
      firstId,
      keys,
      dependencies,
      wanted,
      parent,
      isResumed: this.#resumeOwner !== null,
      ...slice,
    });
  }

  #takeSlice(message: MessageWith<'update-graph'>, checked: CheckedGraph, firstRow: number, owner: ClientRecord): void {
    if (this.#hasLeft) {
      if (owner !== this.#resumeOwner) this.#server.stimulate({ op: 'remove-client', client: owner });
      this.#server.functions.releaseGraph(checked.graph);
      return;
    }
    const { firstId, keys } = message;
    const endRow = Math.min(firstRow + SLICE_ROWS, keys.length);
    this.#takeRows(message, checked, { firstRow, endRow, owner });
    const { isRefused } = checked.graph;
    if (!isRefused && endRow < keys.length) {
      setImmediate(() => this.#takeSlice(message, checked, endRow, owner));
      return;
    }
    if (isRefused) {
      // All of it or nothing: what came before the slice that was turned away goes too.
      const ids = Float64Array.from({ length: firstRow }, (_, row) => firstId + row);
      this.#server.stimulate({ op: 'client-releases-keys', client: this.record, ids });
    }
    if (owner !== this.#resumeOwner) this.#server.stimulate({ op: 'remove-client', client: owner });
    this.#endBacklog();
  }

  #releaseFunctions(ids: NumberColumn): void {
    for (let row = 0; row < ids.length; row += 1) {
      const id = ids[row] as number;
      const functionId = this.#functions.get(id);
      if (functionId === undefined) continue;
      this.#functions.delete(id);
      this.#server.functions.release(functionId);
    }
  }

  #endBacklog(): void {
    const backlog = this.#backlog ?? [];
    this.#backlog = null;
    for (let index = 0; index < backlog.length; index += 1) {
      // Another long graph may be among what waited; the rest then waits behind that.
      if (this.#backlog !== null) {
        (this.#backlog as (() => void)[]).push(...backlog.slice(index));
        return;
      }
      this.#runLater(backlog[index] as () => void);
    }
  }

  #runLater(step: () => void): void {
    try {
      step();
    } catch (error) {
      // As if it had been thrown to the link, which was not there to hear it.
      this.link.abort(error);
    }
  }

  #refuse(refusal: GraphRefusal, { firstId, keys }: MessageWith<'update-graph'>): void {
    const { record } = this;
    record.nextId = Math.max(record.nextId, firstId + keys.length);
    const { code, message } = refusal;
    this.#server.events.tell([CLUSTER_TOPICS.errors, this.#topic], 'graph-refused', {
      client: this.#topic,
      code,
      message,
    });
    this.#server.output.graphRefused(record, refusal);
  }

  #leave(): void {
    const client = this.#record;
    if (client === null) return;
    this.#record = null;
    this.#hasLeft = true;
    this.#server.timeLimits.clientLeft(this);
    this.#server.output.clients.delete(client.id);
    this.#server.coordination.leave(this.link);
    const facts = { client: this.#topic, name: client.name };
    this.#server.events.tell([CLUSTER_TOPICS.all, this.#topic], 'remove-client', facts);
    this.#server.events.peerLeft(this.#topic);
    this.#server.taskOutput.leave(client);
    this.#server.workerLogs.leave(client);
    this.#server.stimulate({ op: 'remove-client', client });
    this.#endResume();
    for (const id of this.#functions.values()) this.#server.functions.release(id);
    this.#functions.clear();
  }
}

function badMessage(op: string): SchedulerError {
  return new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `a client does not send '${op}' like this`, {
    details: { op },
  });
}
