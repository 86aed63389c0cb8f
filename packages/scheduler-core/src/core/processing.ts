import { invariant } from '@grid/common';

import { settleActor, unsettleActor } from './actors.js';
import { inboundKibOf } from './placement/occupancy.js';
import { occupyResources, vacateResources } from './placement/resources.js';
import { noteRoom } from './placement/slots.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { setState } from './set-state.js';
import type { TaskPrefix } from './task-prefix.js';
import type { TaskRecord, WorkerRecord } from './records.js';
import { STATE } from './task-state.js';

/* What workers are computing: the only place that writes `processingOn` and the workers' estimates. */

/** Gives a task that is ready to `worker`. */
export function startProcessing(
  state: SchedulerState,
  task: TaskRecord,
  worker: WorkerRecord,
  out: SchedulerOutput,
): void {
  task.runId = state.nextRunId;
  state.nextRunId += 1;
  enterProcessing(state, task, worker);
  out.computeTask(worker, task);
}

/** Notes a run that a former scheduler gave to `worker`, and that goes on. */
export function adoptRun(
  state: SchedulerState,
  task: TaskRecord,
  worker: WorkerRecord,
  run: { readonly runId: number; readonly isLongRunning: boolean },
): void {
  task.runId = run.runId;
  enterProcessing(state, task, worker);
  if (run.isLongRunning) leaveSlot(state, task, worker);
}

function enterProcessing(state: SchedulerState, task: TaskRecord, worker: WorkerRecord): void {
  const { prefix } = task.group;
  task.processingOn = worker;
  if (worker.processing.length === 0) worker.lastProgressAt = state.cause.at;
  task.slot = worker.processing.length;
  worker.processing.push(task);
  task.inboundKib = task.dependencies === null ? 0 : inboundKibOf(task, worker);
  worker.inboundKib += task.inboundKib;
  worker.computeMs += prefix.pricedMs;
  worker.prefixCounts[prefix.number] = (worker.prefixCounts[prefix.number] ?? 0) + 1;
  if (task.graph !== null && task.graph.options.resources !== null) occupyResources(worker, task);
  settleActor(task, worker);
  setState(state, task, STATE.processing);
}

/** Takes a task back from the worker that it was given to, and returns that worker. */
export function stopProcessing(state: SchedulerState, task: TaskRecord): WorkerRecord {
  const worker = task.processingOn;
  invariant(worker !== null, `${task.key} is processing on no worker`);
  const { processing } = worker;
  const last = processing.pop() as TaskRecord;
  if (last !== task) {
    processing[task.slot] = last;
    last.slot = task.slot;
  }
  task.processingOn = null;
  if (state.steals.size > 0) state.steals.delete(task);
  unsettleActor(task, worker);
  if (task.graph !== null && task.graph.options.resources !== null) vacateResources(worker, task);
  if (task.isLongRunning) {
    task.isLongRunning = false;
    worker.longRunningCount -= 1;
  } else dropEstimate(task, worker);
  if (processing.length === 0) {
    // Sums of fractions drift; here the truth is known.
    worker.computeMs = 0;
    worker.usedResources.clear();
  }
  noteRoom(state, worker);
  return worker;
}

/** A task left its slot and runs on: it costs its worker nothing from now on. */
export function leaveSlot(state: SchedulerState, task: TaskRecord, worker: WorkerRecord): void {
  task.isLongRunning = true;
  worker.longRunningCount += 1;
  dropEstimate(task, worker);
  noteRoom(state, worker);
}

/** Learns from one run. */
export function observeRun(state: SchedulerState, prefix: TaskPrefix, durationMs: number, nbytes: number): void {
  if (!prefix.observe(durationMs, nbytes)) return;
  const change = prefix.durationMs - prefix.pricedMs;
  prefix.pricedMs = prefix.durationMs;
  for (const worker of state.workers) worker.computeMs += change * (worker.prefixCounts[prefix.number] ?? 0);
}

function dropEstimate(task: TaskRecord, worker: WorkerRecord): void {
  const { prefix } = task.group;
  worker.prefixCounts[prefix.number] = (worker.prefixCounts[prefix.number] as number) - 1;
  worker.computeMs -= prefix.pricedMs;
  worker.inboundKib -= task.inboundKib;
  task.inboundKib = 0;
}
