import type { GraphBlock } from '../core/graph-block.js';
import type { GraphRefusal } from '../core/graph-refusal.js';
import type { ClientRecord, TaskRecord, WorkerRecord } from '../core/records.js';
import type { CancelReason, SchedulerOutput } from '../core/scheduler-output.js';
import type { StuckFinding } from '../core/stuck/stuck-finding.js';
import type { ClientOutbox } from './client-outbox.js';
import type { FunctionRegistry } from './function-registry.js';
import type { WorkerOutbox } from './worker-outbox.js';

/** What others want to know of besides those that the core speaks to. */
export interface OutputListener {
  onPolicyFailed(policy: string, error: unknown): void;
  onStealRequested(victim: WorkerRecord, task: TaskRecord): void;
  onStuckFound(finding: StuckFinding): void;
}

/** Writes what the core has others do into the outboxes of their links, where it waits for the end of the turn. */
export class LinkOutput implements SchedulerOutput {
  readonly workers = new Map<number, WorkerOutbox>();
  readonly clients = new Map<number, ClientOutbox>();
  readonly #functions: FunctionRegistry;
  readonly #listener: OutputListener;

  constructor(functions: FunctionRegistry, listener: OutputListener) {
    this.#functions = functions;
    this.#listener = listener;
  }

  computeTask(worker: WorkerRecord, task: TaskRecord): void {
    this.workers.get(worker.id)?.computeTask(task);
  }

  stealTask(worker: WorkerRecord, task: TaskRecord): void {
    this.workers.get(worker.id)?.stealTask(task);
    this.#listener.onStealRequested(worker, task);
  }

  freeKeys(worker: WorkerRecord, taskId: number): void {
    this.workers.get(worker.id)?.freeKeys(taskId);
  }

  acquireReplica(worker: WorkerRecord, task: TaskRecord): void {
    this.workers.get(worker.id)?.acquireReplica(worker, task);
  }

  removeReplica(worker: WorkerRecord, taskId: number): void {
    this.workers.get(worker.id)?.removeReplica(taskId);
  }

  removeWorker(worker: WorkerRecord, gone: WorkerRecord): void {
    this.workers.get(worker.id)?.removeWorker(gone);
  }

  refreshWhoHas(worker: WorkerRecord, task: TaskRecord): void {
    this.workers.get(worker.id)?.refreshWhoHas(task);
  }

  countRuns(worker: WorkerRecord, below: number): void {
    this.workers.get(worker.id)?.countRuns(below);
  }

  listRuns(worker: WorkerRecord, below: number): void {
    this.workers.get(worker.id)?.listRuns(below);
  }

  foundStuck(finding: StuckFinding): void {
    this.#listener.onStuckFound(finding);
    const { kind, worker } = finding;
    if (kind === 'lost-run' && worker !== null) this.workers.get(worker.id)?.introduceAgain();
  }

  closeWorker(worker: WorkerRecord, reason: string): void {
    this.workers.get(worker.id)?.close(reason);
  }

  keyInMemory(client: ClientRecord, id: number, task: TaskRecord): void {
    this.clients.get(client.id)?.keyInMemory(id, task);
  }

  keyErred(client: ClientRecord, id: number, task: TaskRecord): void {
    this.clients.get(client.id)?.keyErred(id, task);
  }

  keyLost(client: ClientRecord, id: number): void {
    this.clients.get(client.id)?.keyLost(id);
  }

  keyCancelled(client: ClientRecord, id: number, reason: CancelReason): void {
    this.clients.get(client.id)?.keyCancelled(id, reason);
  }

  keyRetried(client: ClientRecord, id: number): void {
    this.clients.get(client.id)?.keyRetried(id);
  }

  graphRefused(client: ClientRecord, refusal: GraphRefusal): void {
    this.clients.get(client.id)?.graphRefused(refusal);
  }

  policyFailed(policy: string, error: unknown): void {
    this.#listener.onPolicyFailed(policy, error);
  }

  graphReleased(graph: GraphBlock): void {
    this.#functions.releaseGraph(graph);
  }
}
