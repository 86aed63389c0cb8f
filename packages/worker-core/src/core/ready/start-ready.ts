import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { runsBefore, stateIndexOf, type LocalTask } from '../local-task.js';
import { noteStep } from '../transitions/note-step.js';
import type { WorkerState } from '../worker-state.js';
import { leaveReady } from './ready-tasks.js';
import { fitsMemory } from './fits-memory.js';

/**
 * Hands ready tasks to threads: one a thread, and beyond that only what is known to be short, so that a thread need not
 * wait for the next message after each. A thread that an overdue task keeps does not count.
 */
export function startReady(state: WorkerState, out: WorkerEffects): void {
  const { options, ready } = state;
  if (state.rejoining.length > 0 && !grantSlots(state, out)) return;
  if ((ready.size === 0 && state.resources.size === 0) || state.isPaused) return;
  const slots = options.threads - state.overdueCount;
  if (slots <= 0) return;
  const suspendedMax = options.suspendedMaxPerThread * options.threads;
  const aheadMs = options.pushAheadMs * slots;
  for (let task = nextReady(state); task !== undefined; task = nextReady(state)) {
    if (state.suspendedCount + state.activeCount >= suspendedMax && state.suspendedCount > 0) return;
    const estimateMs = task.stats?.estimateMs ?? 0;
    if (!fitsMemory(state, task)) return;
    if (state.activeCount >= slots && state.activeMs + estimateMs > aheadMs) return;
    start(state, task, estimateMs, out);
  }
}

/** Gives free slots to those who have had one before, also while nothing new is begun; `false` if some have to wait. */
function grantSlots(state: WorkerState, out: WorkerEffects): boolean {
  const { rejoining, options } = state;
  while (state.activeCount < options.threads - state.overdueCount) {
    const task = rejoining.shift();
    if (task === undefined) return true;
    const from = stateIndexOf(task);
    state.longRunningCount -= 1;
    task.activity = ACTIVITY.executing;
    // What it was expected to take is over, or not to be foreseen.
    task.estimateMs = 0;
    state.activeCount += 1;
    noteStep(state, task, from);
    out.grantSlot(task);
  }
  return rejoining.length === 0;
}

/** The most urgent task that lacks nothing. */
function nextReady({ ready, resources }: WorkerState): LocalTask | undefined {
  const free = ready.peek();
  if (resources.size === 0) return free;
  const constrained = resources.peek();
  if (free === undefined || constrained === undefined) return free ?? constrained;
  return runsBefore(constrained, free) ? constrained : free;
}

function start(state: WorkerState, task: LocalTask, estimateMs: number, out: WorkerEffects): void {
  const from = stateIndexOf(task);
  leaveReady(state, task);
  const { resources } = task;
  if (resources !== null) state.resources.occupy(task, resources);
  task.activity = ACTIVITY.executing;
  task.estimateMs = estimateMs;
  task.nbytes = task.stats?.outputBytes ?? 0;
  state.expectedBytes += task.nbytes;
  state.activeCount += 1;
  state.activeMs += estimateMs;
  noteStep(state, task, from);
  out.execute(task);
}
