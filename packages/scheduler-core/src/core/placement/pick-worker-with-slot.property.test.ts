import { describe, expect, it } from '@jest/globals';
import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check';

import { busyCount, TaskRecord, WorkerRecord } from '../records.js';
import { DEFAULT_POLICY } from '../scheduler-options.js';
import { createSchedulerState, type SchedulerState } from '../scheduler-state.js';
import { TaskGroup } from '../task-group.js';
import { TaskPrefix } from '../task-prefix.js';
import { pickWorkerWithSlot } from './pick-worker-with-slot.js';
import { hasFreeSlot, noteRoom } from './slots.js';

const drawnWorker = integer({ min: 0, max: 39 });
const drawnStep = oneof(
  { weight: 8, arbitrary: constant({ type: 'give' as const }) },
  { weight: 3, arbitrary: record({ type: constant('finish' as const), index: drawnWorker }) },
  { weight: 1, arbitrary: constant({ type: 'next-stimulus' as const }) },
  {
    weight: 1,
    arbitrary: record({
      type: constant('status' as const),
      index: drawnWorker,
      status: constantFrom('running' as const, 'paused' as const),
    }),
  },
);

describe('pickWorkerWithSlot', () => {
  it('picks as little loaded a worker with a free slot as there is, whatever happened since the last one', () => {
    assert(
      property(
        array(integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 }),
        integer({ min: 1, max: 20 }),
        array(drawnStep, { maxLength: 200 }),
        (threads, durationMs, steps) => {
          const state = stateWith(threads);
          const prefix = new TaskPrefix('x', 0, durationMs);
          prefix.observe(durationMs, 8);
          for (const step of steps) {
            if (step.type === 'next-stimulus') state.cause.stimulusId += 1;
            else if (step.type === 'give') give(state, prefix);
            else {
              const worker = state.workers[step.index % state.workers.length]!;
              if (step.type === 'finish') worker.processing.pop();
              else worker.status = step.status;
              noteRoom(state, worker);
            }
          }
        },
      ),
    );
  });
});

function give(state: SchedulerState, prefix: TaskPrefix): void {
  const open = state.workers.filter((worker) => worker.status === 'running' && hasFreeSlot(state, worker, prefix));
  const least = Math.min(...open.map(load));
  const picked = pickWorkerWithSlot(state, prefix);
  if (picked === null) expect(open).toEqual([]);
  else {
    expect(open).toContain(picked);
    expect(load(picked)).toBe(least);
    picked.processing.push(new TaskRecord(0, 'x', new TaskGroup('x', prefix), { graph: null, row: 0 }));
  }
}

function load(worker: WorkerRecord): number {
  return busyCount(worker) / worker.threads;
}

function stateWith(threads: readonly number[]): SchedulerState {
  const state = createSchedulerState(DEFAULT_POLICY);
  threads.forEach((count, id) => {
    const name = `w${id}`;
    const worker = new WorkerRecord(
      id,
      {
        name,
        address: name,
        host: '',
        threads: count,
        memoryLimit: 0,
        resources: new Map(),
        takesReplicas: true,
        countsRuns: true,
      },
      0,
    );
    state.workers.push(worker);
    noteRoom(state, worker);
  });
  return state;
}
