import { noteRoom } from '../placement/slots.js';
import { wakeUnrunnable } from '../placement/wake-unrunnable.js';
import { WorkerRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker is there and has nothing yet. Its name and address are no other's. */
export function addWorker(
  state: SchedulerState,
  { about, onRecord }: StimulusWith<'add-worker'>,
  out: SchedulerOutput,
): void {
  const worker = new WorkerRecord(state.nextWorkerId, about, state.cause.at);
  state.nextWorkerId += 1;
  state.workers.push(worker);
  state.workersById.set(worker.id, worker);
  onRecord(worker);
  state.totalThreads += worker.threads;
  noteRoom(state, worker);
  wakeUnrunnable(state);
  runTransitions(state, out);
}
