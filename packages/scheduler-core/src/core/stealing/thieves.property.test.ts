import { describe, expect, it } from '@jest/globals';
import { array, assert, boolean, integer, property, record } from 'fast-check';

import { TaskRecord, WorkerRecord } from '../records.js';
import { addMember } from '../relation.js';
import { DEFAULT_POLICY } from '../scheduler-options.js';
import { createSchedulerState } from '../scheduler-state.js';
import { TaskGroup } from '../task-group.js';
import { TaskPrefix } from '../task-prefix.js';
import { Thieves, transferMs } from './thieves.js';

const WORKERS = 12;

const drawnWorker = record({
  occupancyMs: integer({ min: 0, max: 5 }),
  threads: integer({ min: 1, max: 3 }),
  isThief: boolean(),
});

describe('Thieves', () => {
  it('finds one that starts a task no later than any other would', () => {
    assert(
      property(
        array(drawnWorker, { minLength: 1, maxLength: WORKERS }),
        array(array(integer({ min: 0, max: WORKERS - 1 }), { maxLength: 4 }), { maxLength: 4 }),
        (drawn, holders) => {
          const state = createSchedulerState({ ...DEFAULT_POLICY, bandwidth: 1_000_000 });
          const workers = drawn.map(({ threads }, id) => workerOf(id, threads));
          const loads = drawn
            .map(({ occupancyMs }, id) => ({ worker: workers[id]!, busy: 0, occupancyMs, heldUpMs: 0 }))
            .filter((_, id) => drawn[id]!.isThief);
          const task = taskReading(holders.map((ids) => ids.flatMap((id) => workers[id] ?? [])));
          const startMs = (load: (typeof loads)[number]): number =>
            load.occupancyMs / load.worker.threads + transferMs(state, task, load);

          const best = new Thieves(state, loads).bestFor(task);

          expect(best === null).toBe(loads.length === 0);
          if (best !== null) expect(startMs(best)).toBe(Math.min(...loads.map(startMs)));
        },
      ),
    );
  });
});

/** A task that reads 2 KiB from each of the workers given for it. */
function taskReading(inputs: readonly WorkerRecord[][]): TaskRecord {
  const task = newTask();
  task.dependencies = inputs.map((holders) => {
    const input = newTask();
    input.nbytes = 2048;
    for (const holder of holders) input.whoHas = addMember(input.whoHas, holder);
    return input;
  });
  return task;
}

function newTask(): TaskRecord {
  return new TaskRecord(0, 'x', new TaskGroup('x', new TaskPrefix('x', 0, 1)), { graph: null, row: 0 });
}

function workerOf(id: number, threads: number): WorkerRecord {
  const name = `w${id}`;
  const about = {
    name,
    address: name,
    host: '',
    threads,
    memoryLimit: 0,
    resources: new Map(),
    takesReplicas: true,
    countsRuns: true,
  };
  return new WorkerRecord(id, about, 0);
}
