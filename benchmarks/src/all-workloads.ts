import type { Python } from './dask/python.js';
import { captureWorkloads } from './micro/capture.js';
import { codecWorkloads } from './micro/codec.js';
import { largeValueWorkloads } from './micro/large-values.js';
import type { Workload } from './workload.js';
import { cancelLoop } from './workloads/cancel-loop.js';
import { actors } from './workloads/actors.js';
import { coordination } from './workloads/coordination.js';
import { firstResult } from './workloads/first-result.js';
import { killWorker, nannyBack } from './workloads/kill-worker.js';
import { mapGather } from './workloads/map-gather.js';
import { merge } from './workloads/merge.js';
import { pendingTasks } from './workloads/pending-tasks.js';
import { roundTrip } from './workloads/round-trip.js';
import { scale } from './workloads/scale.js';
import { schedulerCpu } from './workloads/scheduler-cpu.js';
import { smallDependencies } from './workloads/small-dependencies.js';
import { spill } from './workloads/spill.js';
import { submitResult } from './workloads/submit-result.js';
import { tree } from './workloads/tree.js';
import { workerToWorker } from './workloads/worker-to-worker.js';

/** All that can be timed, in the order of the table. */
export function allWorkloads(python: Python): Workload[] {
  return [
    submitResult(python),
    mapGather(python, 10_000),
    mapGather(python, 100_000),
    merge(python),
    tree(python),
    firstResult(python),
    pendingTasks(python),
    schedulerCpu(python),
    ...scale(),
    workerToWorker(python, 1, 5),
    workerToWorker(python, 10, 2),
    workerToWorker(python, 100, 1),
    smallDependencies(python),
    spill(python),
    killWorker(),
    nannyBack(),
    cancelLoop(),
    roundTrip(),
    ...coordination(python),
    ...actors(python),
    ...codecWorkloads(),
    ...largeValueWorkloads(),
    ...captureWorkloads(),
  ];
}
