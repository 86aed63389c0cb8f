import { describe, expect, it } from '@jest/globals';
import { array, assert, constant, constantFrom, integer, oneof, property, record, type Arbitrary } from 'fast-check';

import { busyCount, TaskRecord, WorkerRecord } from '../records.js';
import { DEFAULT_POLICY } from '../scheduler-options.js';
import { createSchedulerState, type SchedulerState } from '../scheduler-state.js';
import { TaskGroup } from '../task-group.js';
import { TaskPrefix } from '../task-prefix.js';
import { pickWorkerWithSlot } from './pick-worker-with-slot.js';
import { hasFreeSlot, noteRoom } from './slots.js';

const drawnWorker = integer({ min: 0, max: 39 });
const drawnStep = oneof(
  { weight: 8, arbitrary: record({ type: constant('give' as const), count: integer({ min: 1, max: 50 }) }) },
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

const threads = (length: { minLength?: number; maxLength?: number }): Arbitrary<number[]> =>
  array(integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40, ...length });

describe('pickWorkerWithSlot', () => {
  it('picks as little loaded a worker with a free slot as there is, a millisecond of tiny tasks aside, whatever happened', () => {
    assert(
      property(
        oneof(threads({ maxLength: 15 }), threads({ minLength: 16 })),
        constantFrom(0.01, 0.1, 0.3, 1, 4, 20),
        array(drawnStep, { maxLength: 50 }),
        (threadCounts, durationMs, steps) => {
          const state = stateWith(threadCounts);
          const prefix = new TaskPrefix('x', 0, durationMs);
          prefix.observe(durationMs, 8);
          for (const step of steps) {
            if (step.type === 'next-stimulus') state.cause.stimulusId += 1;
            else if (step.type === 'give') for (let left = step.count; left > 0; left -= 1) give(state, prefix);
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
    const runMax = Math.max(1, Math.min(16, Math.floor(1 / prefix.meanMs)));
    expect(Math.round((load(picked) - least) * picked.threads)).toBeLessThan(runMax);
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
