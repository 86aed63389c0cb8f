import { noteRoom } from '../placement/slots.js';
import { wakeUnrunnable } from '../placement/wake-unrunnable.js';
import { adoptInventory } from '../orphans.js';
import { WorkerRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker is there, and has nothing yet but what it may bring of a former scheduler. Its name and address are no other's. */
export function addWorker(
  state: SchedulerState,
  { about, inventory = null, onRecord }: StimulusWith<'add-worker'>,
  out: SchedulerOutput,
): void {
  const worker = new WorkerRecord(state.nextWorkerId, about, state.cause.at);
  state.nextWorkerId += 1;
  state.workers.push(worker);
  state.workersById.set(worker.id, worker);
  onRecord(worker);
  state.totalThreads += worker.threads;
  // Before it is given anything: what runs there takes slots.
  if (inventory !== null) adoptInventory(state, worker, inventory, out);
  noteRoom(state, worker);
  wakeUnrunnable(state);
  runTransitions(state, out);
}
