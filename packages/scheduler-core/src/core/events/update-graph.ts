import { desire } from '../desire.js';
import type { GraphBlock } from '../graph-block.js';
import { GraphDraft } from '../graph-draft.js';
import { dropOrphan, leaveOrphanage } from '../orphans.js';
import { recommend, recommendIfUnneeded } from '../recommend.js';
import { comparePriority, dependenciesOf, type TaskRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { UpdateGraph } from '../stimulus.js';
import { STATE } from '../task-state.js';
import { addWant } from '../wants.js';

/**
 * A client submits tasks. All of them are taken in, or none and the client hears why; of those that depend on what is not
 * here any more, the others do not suffer.
 *
 * A key that is known stays what it is: its new definition is ignored. Tasks that the client does not want, and that
 * nothing it wants depends on, are not kept.
 */
export function updateGraph(state: SchedulerState, stimulus: UpdateGraph, out: SchedulerOutput): void {
  const { client, graph, firstId, firstRow, endRow } = stimulus;
  if (firstRow === 0) begin(state, stimulus);
  if (state.orphans !== null) dropOrphans(state, stimulus, out);
  const draft = new GraphDraft(state, stimulus);
  const refusal = draft.fill();
  if (refusal === null) {
    client.nextId = Math.max(client.nextId, firstId + endRow);
    if (draft.lost !== null) out.graphRefused(client, draft.lost);
    adopt(state, stimulus, draft, out);
  } else {
    draft.undo();
    graph.isRefused = true;
    client.nextId = Math.max(client.nextId, firstId + stimulus.keys.length);
    out.graphRefused(client, refusal);
  }
  if (refusal !== null || endRow === stimulus.keys.length) {
    graph.liveCount -= 1;
    if (graph.liveCount === 0) out.graphReleased(graph);
  }
}

/**
 * Orphans that the rows do not go on with: all, if they may mean something else by these keys; and those that have failed
 * though they are to be tried several times, since only now it is known how often.
 */
function dropOrphans(state: SchedulerState, stimulus: UpdateGraph, out: SchedulerOutput): void {
  const { graph, firstRow, endRow, keys, isResumed } = stimulus;
  if (isResumed === true && graph.options.retries === 0) return;
  for (let row = firstRow; row < endRow; row += 1) {
    const key = keys.at(row);
    if (isResumed !== true || state.keys.get(key)?.state === STATE.erred) dropOrphan(state, key, out);
  }
}

/** What the task that submits it, if one does, says about a submission. */
function begin(state: SchedulerState, stimulus: UpdateGraph): void {
  const { graph, parent } = stimulus;
  const submitter = parent === null ? null : (state.tasks.get(parent)?.graph ?? null);
  chooseGeneration(state, stimulus, submitter);
  const around = submitter === null ? null : submitter.span;
  if (around !== null || graph.options.span !== null) {
    graph.span = state.spans.enter(around, graph.options.span, state.cause.at);
  }
}

/** How far before the generation of the task that submits them tasks run: less than any two generations are apart. */
const CHILD_STEP = 0.01;

/**
 * Submissions that come shortly after one another run as one: first come, first served only between generations. What a
 * task submits runs before its siblings, so that what has begun is finished before more is.
 */
function chooseGeneration(state: SchedulerState, { graph }: UpdateGraph, submitter: GraphBlock | null): void {
  if (submitter !== null) {
    graph.generation = submitter.generation - CHILD_STEP;
    return;
  }
  const { at } = state.cause;
  if (at - state.lastSubmitAt > graph.options.fifoTimeoutMs) {
    state.generation += 1;
    state.lastSubmitAt = at;
  }
  graph.generation = state.generation;
}

function adopt(
  state: SchedulerState,
  stimulus: UpdateGraph,
  { rows, claimed }: GraphDraft,
  out: SchedulerOutput,
): void {
  const { client, graph, firstId, firstRow, wanted, owner } = stimulus;
  const fresh: TaskRecord[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const task = rows[index] as TaskRecord | null;
    if (task === null) continue;
    const isNew = task.graph === graph && task.row === firstRow + index && !claimed.has(task);
    const isWanted = wanted === null || wanted[firstRow + index] === 1;
    if (owner !== null && !isWanted) addWant(task, owner, firstId + firstRow + index);
    if (isNew) {
      if (isWanted) addWant(task, client, firstId + firstRow + index);
      fresh.push(task);
    } else if (isWanted) {
      desire(state, task, { client, id: firstId + firstRow + index }, out);
      runTransitions(state, out);
    }
    if (state.orphans !== null) leaveOrphanage(state, task);
  }
  const needed = wanted === null ? null : neededOf(fresh, stimulus);
  // The work list is last in first out: what is to run first is proposed last.
  if (graph.order !== null) fresh.sort(comparePriority);
  for (let index = fresh.length - 1; index >= 0; index -= 1) {
    const task = fresh[index] as TaskRecord;
    // One that an orphan needs which runs anew is under way.
    if (task.state !== STATE.released) continue;
    if (needed === null || needed[task.row - firstRow] === 1) recommend(state, task, STATE.waiting);
    else recommendIfUnneeded(state, task);
  }
  runTransitions(state, out);
}

/** 1 for each new row that the client wants, or that such a row depends on. */
function neededOf(fresh: readonly TaskRecord[], { client, graph, firstRow, endRow }: UpdateGraph): Uint8Array {
  const needed = new Uint8Array(endRow - firstRow);
  const open = fresh.filter((task) => task.wantedBy === client);
  for (const task of open) needed[task.row - firstRow] = 1;
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    for (const dependency of dependenciesOf(task)) {
      const row = dependency.row - firstRow;
      // Those of earlier slices, and of other graphs, are found when this one begins to wait for them.
      if (dependency.graph !== graph || row < 0 || needed[row] === 1) continue;
      // An orphan that has its result, or is about to, needs nothing.
      if (dependency.state !== STATE.released) continue;
      needed[row] = 1;
      open.push(dependency);
    }
  }
  return needed;
}
