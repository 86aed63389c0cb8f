import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import type { LocalTask } from '../local-task.js';
import { noteStep } from '../transitions/note-step.js';
import type { WorkerState } from '../worker-state.js';

/**
 * Hands ready tasks to threads: one a thread, and beyond that only what is known to be short, so that a thread need not
 * wait for the next message after each. A thread that an overdue task keeps does not count.
 */
export function startReady(state: WorkerState, out: WorkerEffects): void {
  const { options, ready } = state;
  if (ready.size === 0 || state.isPaused) return;
  const slots = options.threads - state.overdueCount;
  if (slots <= 0) return;
  const suspendedMax = options.suspendedMaxPerThread * options.threads;
  const aheadMs = options.pushAheadMs * slots;
  for (let task = ready.peek(); task !== undefined; task = ready.peek()) {
    if (state.suspendedCount + state.activeCount >= suspendedMax && state.suspendedCount > 0) return;
    const estimateMs = task.stats?.estimateMs ?? 0;
    if (state.activeCount >= slots && state.activeMs + estimateMs > aheadMs) return;
    start(state, task, estimateMs, out);
  }
}

function start(state: WorkerState, task: LocalTask, estimateMs: number, out: WorkerEffects): void {
  state.ready.remove(task);
  task.activity = ACTIVITY.executing;
  task.estimateMs = estimateMs;
  state.activeCount += 1;
  state.activeMs += estimateMs;
  noteStep(state, task, ACTIVITY.ready);
  out.execute(task);
}
