import type { GraphBlock } from '../../src/core/graph-block.js';
import type { GraphRefusal } from '../../src/core/graph-refusal.js';
import type { ClientRecord, TaskRecord, WorkerRecord } from '../../src/core/records.js';
import type { CancelReason, SchedulerOutput } from '../../src/core/scheduler-output.js';
import type { StuckFinding } from '../../src/core/stuck/stuck-finding.js';

/** Writes down every effect as a short line; `take` hands them out, and whoever asserts them asserts all of them. */
export class RecordingOutput implements SchedulerOutput {
  #lines: string[] = [];
  readonly refusals: GraphRefusal[] = [];
  readonly releasedGraphs: GraphBlock[] = [];
  /** Keys by number, since a freed task may be forgotten by the time it is written down. */
  readonly keys = new Map<number, string>();

  /** What was said since the last time. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  computeTask(worker: WorkerRecord, task: TaskRecord): void {
    this.keys.set(task.id, task.key);
    this.#lines.push(`compute ${task.key} on ${worker.about.name}`);
  }

  stealTask(worker: WorkerRecord, task: TaskRecord): void {
    this.#lines.push(`steal ${task.key} from ${worker.about.name}`);
  }

  freeKeys(worker: WorkerRecord, taskId: number): void {
    this.#lines.push(`free ${this.keys.get(taskId) ?? `#${String(taskId)}`} on ${worker.about.name}`);
  }

  acquireReplica(worker: WorkerRecord, task: TaskRecord): void {
    this.keys.set(task.id, task.key);
    this.#lines.push(`${worker.about.name} is to get ${task.key}`);
  }

  removeReplica(worker: WorkerRecord, taskId: number): void {
    this.#lines.push(`${worker.about.name} is to drop ${this.keys.get(taskId) ?? `#${String(taskId)}`}`);
  }

  policyFailed(policy: string, error: unknown): void {
    this.#lines.push(`policy ${policy} failed: ${String(error)}`);
  }

  removeWorker(worker: WorkerRecord, gone: WorkerRecord): void {
    this.#lines.push(`${worker.about.name} hears that ${gone.about.name} is gone`);
  }

  refreshWhoHas(worker: WorkerRecord, task: TaskRecord): void {
    this.#lines.push(`${worker.about.name} hears who has ${task.key}`);
  }

  countRuns(worker: WorkerRecord, below: number): void {
    this.onQuestion?.(worker, below, 'count');
  }

  listRuns(worker: WorkerRecord, below: number): void {
    this.onQuestion?.(worker, below, 'list');
  }

  foundStuck({ kind, key, taskId, worker }: StuckFinding): void {
    this.#lines.push(`${kind} ${key ?? this.keys.get(taskId) ?? '?'} on ${worker?.about.name ?? 'no worker'}`);
  }

  closeWorker(worker: WorkerRecord): void {
    this.#lines.push(`close ${worker.about.name}`);
  }

  keyInMemory(client: ClientRecord, id: number, task: TaskRecord): void {
    this.#lines.push(`${client.name} hears that ${task.key} is in memory`);
    this.onClient?.(client, id, 'memory');
  }

  keyErred(client: ClientRecord, id: number, task: TaskRecord): void {
    this.#lines.push(`${client.name} hears that ${task.key} erred because of ${task.failure?.key ?? '?'}`);
    this.onClient?.(client, id, 'erred');
  }

  keyLost(client: ClientRecord, id: number, task: TaskRecord): void {
    this.#lines.push(`${client.name} hears that ${task.key} is lost`);
    this.onClient?.(client, id, 'pending');
  }

  keyCancelled(client: ClientRecord, id: number, reason: CancelReason): void {
    this.#lines.push(`${client.name} hears that ${String(id)} is off: ${reason}`);
    this.onClient?.(client, id, 'cancelled');
  }

  keyRetried(client: ClientRecord, id: number, task: TaskRecord): void {
    this.#lines.push(`${client.name} hears that ${task.key} is tried again`);
    this.onClient?.(client, id, 'pending');
  }

  graphRefused(client: ClientRecord, refusal: GraphRefusal): void {
    this.#lines.push(`${client.name} hears that graph ${String(refusal.graphId)} is refused: ${refusal.code}`);
    this.refusals.push(refusal);
  }

  graphReleased(graph: GraphBlock): void {
    this.releasedGraphs.push(graph);
  }

  /** Called for what a worker is asked about its runs, for models of workers. */
  onQuestion: ((worker: WorkerRecord, below: number, what: 'count' | 'list') => void) | null = null;
  /** Called for what a client hears, for models of clients. */
  onClient: ((client: ClientRecord, id: number, what: 'memory' | 'erred' | 'pending' | 'cancelled') => void) | null =
    null;
}
