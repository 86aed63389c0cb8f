import { asAddress } from '@grid/common';
import { parseHostAddress, splitAddress } from '@grid/comm';
import {
  isCoordinationCall,
  REPLICAS_FEATURE,
  RUN_AUDIT_FEATURE,
  type Fact,
  type Facts,
  type Message,
  type MessageWith,
} from '@grid/protocol';
import type { Link, LinkHandlers, RpcError } from '@grid/rpc';

import type { WorkerInventory } from '../core/inventory.js';
import { inventoryProblem } from '../core/orphans.js';
import type { WorkerRecord } from '../core/records.js';
import type { WorkerExit } from '../core/worker-exit.js';
import { SchedulerError } from '../errors.js';
import { tellStealAnswered, tellTaskErred, tellWorkerEvent, tellWorkerStatus } from './events/worker-events.js';
import { heartbeatIntervalMs } from './heartbeat-interval.js';
import { readInventory } from './read-inventory.js';
import { retireWorkers } from './requests/retire-workers.js';
import { amountsOf } from './requests/set-resources.js';
import type { SchedulerContext, WorkerOrigin, WorkerPeer } from './scheduler-context.js';
import { WorkerOutbox } from './worker-outbox.js';

/** More threads than this are a mistake. */
const THREADS_MAX = 4096;

/** One worker's link: its messages become stimuli, in order. The end of the link is the end of this life of the worker. */
export class WorkerStream implements LinkHandlers, WorkerPeer {
  readonly link: Link;
  readonly #server: SchedulerContext;
  #record: WorkerRecord | null = null;
  #outbox: WorkerOutbox | null = null;
  /** What it has of a former scheduler's tasks; said before it registers. */
  #inventory: MessageWith<'worker-inventory'> | null = null;
  /** What it said of itself last. */
  metrics: Facts = {};
  about: WorkerOrigin = { registeredAt: 0, pid: 0, versions: {}, nanny: null };

  constructor(link: Link, server: SchedulerContext) {
    this.link = link;
    this.#server = server;
  }

  get record(): WorkerRecord | null {
    return this.#record;
  }

  get outbox(): WorkerOutbox | null {
    return this.#outbox;
  }

  onMessage(message: Message): void {
    // Also what one has done that has left is counted: it says so as it goes.
    if (message.op === 'activities') {
      for (const { value, ...labels } of message.rows) this.#server.activities.add(labels, value);
      return;
    }
    const worker = this.#record;
    if (worker === null && message.op === 'worker-inventory') this.#inventory = message;
    // After it was given up, what is still on its way concerns nobody.
    if (worker === null) return;
    this.#take(worker, message);
    this.#server.placements.wake();
  }

  #take(worker: WorkerRecord, message: Message): void {
    switch (message.op) {
      case 'tasks-finished':
        return this.#tasksFinished(worker, message);
      case 'task-erred': {
        const { taskId, runId, start: startMs, duration: durationMs, failure } = message;
        tellTaskErred(this.#server, worker, message);
        return this.#server.stimulate({ op: message.op, worker, taskId, runId, startMs, durationMs, failure });
      }
      case 'actor-lost': {
        const { taskId, runId, failure } = message;
        return this.#server.stimulate({ op: message.op, worker, taskId, runId, failure });
      }
      case 'add-keys': {
        const { taskIds, sizes } = message;
        checkLengths(message.op, taskIds.length, sizes.length);
        return this.#server.stimulate({ op: message.op, worker, taskIds, sizes });
      }
      case 'missing-data':
        return this.#server.stimulate({ op: message.op, worker, taskId: message.taskId, holderId: message.workerId });
      case 'long-running': {
        const { taskId, runId, duration } = message;
        return this.#server.stimulate({ op: message.op, worker, taskId, runId, durationMs: duration });
      }
      case 'steal-response': {
        const { taskId, runId, outcome } = message;
        tellStealAnswered(this.#server, taskId, outcome);
        return this.#server.stimulate({ op: message.op, worker, taskId, runId, outcome });
      }
      case 'runs-counted': {
        const { below, count, digest } = message;
        return this.#server.stimulate({ op: message.op, worker, below, count, digest });
      }
      case 'runs-listed': {
        const { below, until, taskIds, runIds } = message;
        checkLengths(message.op, taskIds.length, runIds.length);
        return this.#server.stimulate({ op: message.op, worker, below, until, taskIds, runIds });
      }
      case 'reschedule-task':
        return this.#server.stimulate({ op: message.op, worker, taskId: message.taskId, runId: message.runId });
      case 'release-worker-data':
        return this.#server.stimulate({ op: message.op, worker, taskIds: message.taskIds });
      case 'request-refresh-who-has':
        return this.#server.stimulate({ op: message.op, worker, taskIds: message.taskIds });
      case 'task-output':
        return this.#server.taskOutput.take(worker, message);
      case 'logs-written':
        return this.#server.workerLogs.take(worker, message);
      case 'worker-status-change':
        tellWorkerStatus(this.#server.events, worker, message.status);
        this.#server.stimulate({ op: 'worker-status', worker, status: message.status });
        return this.#server.waiters.check();
      case 'tell-event':
        return tellWorkerEvent(this.#server.events, worker, message);
      default:
        if (isCoordinationCall(message)) return this.#server.coordination.take(this.link, message);
        throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `a worker does not send '${message.op}'`, {
          details: { op: message.op },
        });
    }
  }

  async onRequest(message: Message): Promise<Message> {
    switch (message.op) {
      case 'register-worker':
        return this.#register(message);
      case 'heartbeat':
        return this.#heartbeat(message);
      case 'get-upload':
        return { op: 'get-upload-reply', files: this.#server.uploads.find(message.hash)?.files ?? null };
      case 'retire-workers':
        // Only itself, whomever it names.
        return retireWorkers(this.#server, { ...message, workers: [this.#record?.about.address ?? ''], count: null });
      case 'unregister-worker':
        this.leave(message.reason, message.expected);
        return { op: 'worker-unregistered' };
      default:
        throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `a worker does not ask '${message.op}'`, {
          details: { op: message.op },
        });
    }
  }

  onClosed(reason: RpcError | undefined): void {
    const worker = this.#record;
    if (worker === null) return;
    const text = reason?.message ?? 'its line closed';
    const isExpected = worker.status === 'closing';
    if (isExpected || !this.#server.nannies.mayTell(this.about)) {
      this.leave(text, isExpected);
      return;
    }
    // Nothing more for it, while it is found out what became of it.
    this.#server.stimulate({ op: 'worker-status', worker, status: 'paused' });
    void this.#leaveWithEvidence(text);
  }

  /** Ends this life of the worker, once. */
  leave(reason: string, isExpected: boolean, exit: WorkerExit | null = null): void {
    const worker = this.#record;
    if (worker === null) return;
    this.#record = null;
    this.#server.coordination.leave(this.link);
    this.#server.forgetWorker(worker, { reason, isExpected, exit });
  }

  async #leaveWithEvidence(reason: string): Promise<void> {
    const exit = await this.#server.nannies.exitOf(this.about);
    try {
      this.leave(reason, false, exit);
    } catch {
      // A bug in the core has been told of, and the scheduler closes: there is no line left that could be ended by it.
    }
  }

  #register(message: MessageWith<'register-worker'>): Message {
    if (this.#record !== null)
      throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'this line has registered already');
    const { address, threads, memoryLimit, pid, versions, nanny } = message;
    const host = hostOf(address);
    if (threads < 1 || threads > THREADS_MAX) {
      throw new SchedulerError(
        'GRID_SCHEDULER_BAD_REQUEST',
        `a worker has 1 to ${String(THREADS_MAX)} threads, not ${String(threads)}`,
      );
    }
    const name = message.name === '' ? address : message.name;
    const brought = this.#inventory;
    this.#inventory = null;
    const inventory = brought === null ? null : this.#checkInventory(brought);
    this.#server.makeRoomFor({ name, address, nanny });
    this.about = { registeredAt: this.#server.now(), pid, versions, nanny };
    this.#server.stimulate({
      op: 'add-worker',
      about: {
        name,
        address,
        host,
        threads,
        memoryLimit: Math.max(0, memoryLimit),
        resources: amountsOf(message.resources),
        takesReplicas: this.link.peer.features.includes(REPLICAS_FEATURE),
        countsRuns: this.link.peer.features.includes(RUN_AUDIT_FEATURE),
      },
      inventory,
      onRecord: (record) => {
        this.#record = record;
        this.#outbox = new WorkerOutbox(this.link, this.#server.state, this.#server.functions);
        this.#server.rememberWorker(this, record, this.#outbox);
      },
    });
    if (brought !== null) this.#server.comebacks.workerCame(brought.workerCount);
    return {
      op: 'worker-registered',
      schedulerId: this.#server.id,
      workerId: (this.#record as WorkerRecord | null)?.id ?? 0,
      heartbeatIntervalMs: heartbeatIntervalMs(this.#server.state.workers.length),
      now: this.#server.now(),
    };
  }

  #checkInventory(message: MessageWith<'worker-inventory'>): WorkerInventory {
    const { taskIds, runIds, marks, sizes, typeIds, keys, functionEnd } = message;
    checkLengths(message.op, taskIds.length, runIds.length, marks.length, sizes.length, typeIds.length, keys.length);
    const inventory = readInventory(message, this.#server.typeNames);
    const problem =
      inventoryProblem(this.#server.state, inventory) ??
      (this.#server.functions.leaveOut(functionEnd) ? null : 'its functions have numbers that others have by now');
    if (problem === null) return inventory;
    throw new SchedulerError(
      'GRID_SCHEDULER_STALE_INVENTORY',
      `what this worker has of a former scheduler cannot be taken in: ${problem}`,
    );
  }

  #heartbeat({ metrics }: MessageWith<'heartbeat'>): Message {
    const worker = this.#record;
    const intervalMs = heartbeatIntervalMs(this.#server.state.workers.length);
    const now = this.#server.now();
    if (worker === null) return { op: 'heartbeat-reply', status: 'missing', intervalMs, now };
    this.metrics = metrics;
    this.#server.stimulate({
      op: 'heartbeat',
      worker,
      memory: memoryOf(metrics),
      bandwidth: bytesOf(metrics['bandwidth']),
    });
    this.#server.stimulate({ op: 'look-around', worker, hasRuns: hasRuns(metrics) });
    return { op: 'heartbeat-reply', status: 'ok', intervalMs, now };
  }

  #tasksFinished(worker: WorkerRecord, message: MessageWith<'tasks-finished'>): void {
    const { taskIds, runIds, sizes, typeIds, starts, durations, results } = message;
    const rows = taskIds.length;
    checkLengths(message.op, rows, runIds.length, sizes.length, typeIds.length, starts.length, durations.length);
    if (results !== null) {
      checkLengths(message.op, rows, results.ends.length);
      checkEnds(results.ends, results.block.length);
    }
    for (const { id, name } of message.types) {
      if (id <= worker.typeNumbers.length) worker.typeNumbers[id] = this.#server.typeNames.numberOf(name);
    }
    this.#server.stimulate({ op: message.op, worker, taskIds, runIds, sizes, typeIds, starts, durations, results });
  }
}

/** What a heartbeat says of memory; nothing if it says nothing. */
function memoryOf({ memoryBreakdown }: Facts): { readonly spilledBytes: number; readonly unmanagedBytes: number } {
  const facts = (typeof memoryBreakdown === 'object' && memoryBreakdown !== null ? memoryBreakdown : {}) as Facts;
  return { spilledBytes: bytesOf(facts['spilled']), unmanagedBytes: bytesOf(facts['unmanagedOld']) };
}

/** What a heartbeat says of tasks to compute; nothing if it says nothing. */
function hasRuns({ tasks }: Facts): boolean {
  const counts = (typeof tasks === 'object' && tasks !== null ? tasks : {}) as Facts;
  return ['waiting', 'ready', 'executing', 'long-running'].some((state) => (counts[state] ?? 0) !== 0);
}

function bytesOf(fact: Fact | undefined): number {
  return typeof fact === 'number' && fact > 0 ? fact : 0;
}

function hostOf(address: string): string {
  const known = asAddress(address);
  return splitAddress(known).scheme === 'inproc' ? address : parseHostAddress(known).host;
}

function checkLengths(op: string, rows: number, ...lengths: readonly number[]): void {
  if (lengths.every((length) => length === rows)) return;
  throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `columns of '${op}' differ in length`, { details: { op } });
}

function checkEnds(ends: ArrayLike<number>, max: number): void {
  let before = 0;
  for (let row = 0; row < ends.length; row += 1) {
    const end = ends[row] as number;
    if (end < before || end > max) throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'inline results are cut off');
    before = end;
  }
}
