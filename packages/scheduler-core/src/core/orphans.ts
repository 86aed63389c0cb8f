import { isActor, settleActor } from './actors.js';
import { addNumberedTask } from './add-task.js';
import { GraphBlock } from './graph-block.js';
import { occupyResources } from './placement/resources.js';
import type { OrphanKind, Orphans, WorkerInventory } from './inventory.js';
import { adoptRun } from './processing.js';
import { recommend, recommendIfUnneeded } from './recommend.js';
import { ClientRecord, dependenciesOf, type TaskRecord, type WorkerRecord } from './records.js';
import { addReplica } from './replicas.js';
import { runTransitions } from './run-transitions.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';
import { addWant, removeWant, wantOf } from './wants.js';

/*
 * Orphans: results and runs that workers have brought of a former scheduler, under the numbers that it gave. Nobody has said
 * yet what they are made of, so they are as plain data: lost when their worker is. One of them is wanted by the orphanage
 * until a client that comes back claims it, or the time for that is over.
 */

/**
 * How far above the numbers that one worker has brought new ones begin: others that bring larger ones may come late, and
 * can be taken in as long as theirs are below.
 */
const NUMBERS_LEFT_OUT = 2 ** 20;

/** Why what a worker has brought cannot be taken in; `null`: it can. */
export function inventoryProblem(state: SchedulerState, { taskEnd, taskIds, keys }: WorkerInventory): string | null {
  const hasGivenNumbers = state.nextTaskId > state.firstTaskId;
  if (hasGivenNumbers && taskEnd > state.firstTaskId) return 'its tasks have numbers that others have by now';
  for (let row = 0; row < taskIds.length; row += 1) {
    const id = taskIds[row] as number;
    if (id >= taskEnd) return 'its tasks have numbers that it does not account for';
    const task = state.tasks.get(id);
    if (task !== undefined && task.key !== keys.at(row)) return 'its tasks are those of another scheduler';
  }
  return null;
}

/** Takes in what a worker has brought, which was found to have no problem. */
export function adoptInventory(
  state: SchedulerState,
  worker: WorkerRecord,
  inventory: WorkerInventory,
  out: SchedulerOutput,
): void {
  const { taskEnd, runEnd, taskIds, keys } = inventory;
  if (taskEnd > state.firstTaskId) {
    state.firstTaskId = taskEnd + NUMBERS_LEFT_OUT;
    state.nextTaskId = state.firstTaskId;
  }
  state.nextRunId = Math.max(state.nextRunId, runEnd);
  if (taskIds.length === 0) return;
  const orphans = (state.orphans ??= openOrphanage(state));
  for (let row = 0; row < taskIds.length; row += 1) {
    const id = taskIds[row] as number;
    const key = keys.at(row);
    const kind = inventory.rows[row] as OrphanKind;
    const known = state.tasks.get(id);
    if (known !== undefined) meetAgain(known, worker, kind, { orphans, out });
    else if (state.keys.get(key) !== undefined) out.freeKeys(worker, id);
    else {
      const task = addNumberedTask(state, id, key);
      addWant(task, orphans.owner, orphans.owner.nextId);
      orphans.owner.nextId += 1;
      if (kind.isActor) nameActor(task, orphans);
      if (kind.run === null)
        arrive(state, task, worker, { nbytes: inventory.sizes[row], typeId: inventory.typeIds[row] });
      else
        adoptRun(state, task, worker, {
          runId: inventory.runIds[row] as number,
          isLongRunning: kind.run !== 'running',
        });
    }
    runTransitions(state, out);
  }
  state.arrival.worker = null;
}

/** Whether `task` was brought by workers and nobody has claimed it. */
export function isOrphan({ orphans }: SchedulerState, task: TaskRecord): boolean {
  return orphans !== null && wantOf(task, orphans.owner) >= 0;
}

/** Whether what `task` is made of is still to be said: it was brought by a worker. */
export function lacksSpec(state: SchedulerState, task: TaskRecord): boolean {
  return task.graph === null && isOrphan(state, task);
}

/**
 * A client says what an orphan is made of: from now on it is a task as any other.
 *
 * @param dependencies - Each once; the caller makes it their dependent.
 */
export function giveSpec(
  state: SchedulerState,
  task: TaskRecord,
  spec: { readonly graph: GraphBlock; readonly row: number; readonly dependencies: TaskRecord['dependencies'] },
): void {
  const { graph, row, dependencies } = spec;
  task.graph = graph;
  task.row = row;
  task.retriesLeft = graph.options.retries;
  task.dependencies = dependencies;
  graph.liveCount += 1;
  graph.span?.adopt(task.state, task.nbytes);
  if (task.state !== STATE.processing) return;
  if (graph.options.resources !== null && task.processingOn !== null) occupyResources(task.processingOn, task);
  let hasAll = true;
  for (const dependency of dependenciesOf(task)) {
    dependency.waiterCount += 1;
    hasAll &&= dependency.state === STATE.memory;
  }
  // Its worker has what it needs, and is the only one: nobody could run it again if that one died, so it begins anew.
  if (!hasAll) recommend(state, task, STATE.released);
}

/** Somebody else wants an orphan, or is to decide whether it is kept. The caller runs transitions. */
export function leaveOrphanage(state: SchedulerState, task: TaskRecord): void {
  const { orphans } = state;
  if (orphans === null) return;
  const id = wantOf(task, orphans.owner);
  if (id < 0) return;
  removeWant(orphans.owner, id);
  recommendIfUnneeded(state, task);
}

/**
 * Lets go of an orphan whose key somebody uses who was not there before: that may be for something else.
 *
 * What somebody has claimed stays.
 */
export function dropOrphan(state: SchedulerState, key: string, out: SchedulerOutput): void {
  const task = state.keys.get(key);
  if (task === undefined || !isOrphan(state, task)) return;
  leaveOrphanage(state, task);
  runTransitions(state, out);
}

/** Lets go of all that nobody has claimed. */
export function endOrphanage(state: SchedulerState, out: SchedulerOutput): void {
  const { orphans } = state;
  if (orphans === null) return;
  for (const [, task] of orphans.owner.tasks.entries()) {
    leaveOrphanage(state, task);
    runTransitions(state, out);
  }
  state.clients.delete(orphans.owner.id);
  state.orphans = null;
}

/** Another worker has it too, or this one did something about it that has been settled without it. */
function meetAgain(
  task: TaskRecord,
  worker: WorkerRecord,
  kind: OrphanKind,
  { orphans, out }: { readonly orphans: Orphans; readonly out: SchedulerOutput },
): void {
  if (kind.run !== null || task.state !== STATE.memory) {
    out.freeKeys(worker, task.id);
    return;
  }
  addReplica(task, worker);
  if (!kind.isActor) return;
  // Others have brought copies of its handle before.
  if (task.graph === null) nameActor(task, orphans);
  settleActor(task, worker);
}

function arrive(
  state: SchedulerState,
  task: TaskRecord,
  worker: WorkerRecord,
  { nbytes = 0, typeId = -1 }: { readonly nbytes: number | undefined; readonly typeId: number | undefined },
): void {
  state.arrival.worker = worker;
  state.arrival.nbytes = nbytes;
  state.arrival.typeId = typeId;
  recommend(state, task, STATE.memory);
}

/** An actor is never made again, so what it is made of need not be known. */
function nameActor(task: TaskRecord, { actors }: Orphans): void {
  if (isActor(task)) return;
  task.graph = actors;
  task.hasLostDependencies = true;
  actors.liveCount += 1;
}

function openOrphanage(state: SchedulerState): Orphans {
  const owner = new ClientRecord(state.nextClientId, 'orphanage', false);
  state.nextClientId += 1;
  state.clients.set(owner.id, owner);
  const actors = new GraphBlock({
    graphId: -1,
    functionIds: 0,
    args: { block: new Uint8Array(), ends: [0], buffers: null },
    order: [0],
    options: {
      priority: 0,
      fifoTimeoutMs: 0,
      retries: 0,
      workers: [],
      allowOtherWorkers: false,
      timeoutMs: 0,
      resources: null,
      actor: true,
      span: null,
      custom: null,
    },
  });
  return { owner, actors };
}
