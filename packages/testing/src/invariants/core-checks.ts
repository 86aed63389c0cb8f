import {
  validateState as validateScheduler,
  validateTasks as validateSchedulerTasks,
} from '@grid/scheduler-core/simulation';
import type {
  LinkOutput,
  SchedulerState,
  Stimulus as SchedulerStimulus,
  WorkerRecord,
} from '@grid/scheduler-core/simulation';
import {
  validateState as validateWorker,
  validateTasks as validateWorkerTasks,
  type Stimulus as WorkerStimulus,
  type WorkerState,
} from '@grid/worker-core/simulation';

import type { Coverage } from '../state-coverage/coverage.js';
import { broken } from '../errors.js';
import type { WorldHistory } from '../world/outcome-rules.js';
import { Arrivals } from './arrivals.js';
import { BlamePromise } from './blame-promise.js';
import { CancelPromise } from './cancel-promise.js';
import { ClientWishes } from './client-wishes.js';
import { DispatchPromises } from './dispatch-promises.js';
import { ForgottenByWorker, ForgottenTasks } from './forgotten-tasks.js';
import type { SchedulerPromise } from './scheduler-promise.js';
import { StealPromises } from './steal-promises.js';
import { SubmissionOrder } from './submission-order.js';
import { ToldClients } from './told-clients.js';
import { ToldWorkers } from './told-workers.js';
import { TransferCounts } from './transfer-counts.js';
import { touchedOnScheduler, touchedOnWorker } from './touched-tasks.js';
import { WorkerFacts } from './worker-facts.js';
import { WorkerMessages } from './worker-messages.js';
import type { WorkerPromise } from './worker-promise.js';
import { WorkerStarts } from './worker-starts.js';

/** Up to so many tasks a core is looked at in full after everything that happens. */
const TASKS_SMALL = 60;
/** A larger one is once in so many tasks that it has: else those tasks are looked at that what happened has touched. */
const TASKS_PER_LOOK = 8;
/** Steps that one thing that happens may lead to, for each task and besides. */
const STEPS_PER_TASK = 30;
const STEPS_FREE = 100;

/**
 * Checks what has to be so in a core after everything that happens to it: in a small one all, in a large one what was touched,
 * and all once in a while.
 */
export class CoreChecks {
  readonly #history: WorldHistory;
  /** Stimuli since the state of a core was looked at in full. */
  readonly #skipped = new WeakMap<object, number>();
  /** Runs of which the scheduler has heard the end, as `worker/run`. */
  readonly #ended = new Set<string>();
  /** What was said to workers, and by them. */
  toldWorkers = new ToldWorkers();
  #promises: readonly SchedulerPromise[] = [];
  readonly #ofWorkers: readonly WorkerPromise[] = [
    new TransferCounts(),
    new WorkerMessages(),
    new WorkerStarts(),
    new ForgottenByWorker(),
  ];
  #stepsBefore = 0;
  #stimulusBefore = 0;
  /** Where the story of the core was before what happens to it now. */
  #schedulerPosition = 0;
  #workerSteps = 0;

  readonly #coverage: Coverage | null;

  /** @param coverage - what counts what happens in which state; `null`: nobody wants to know */
  constructor(history: WorldHistory, coverage: Coverage | null) {
    this.#history = history;
    this.#coverage = coverage;
  }

  /** A scheduler has come to be, the first one or one in place of another, which gives numbers of its own to all. */
  beginScheduler(output: LinkOutput): void {
    this.#ended.clear();
    this.toldWorkers = new ToldWorkers();
    this.#promises = [
      new ToldClients(),
      this.toldWorkers,
      new WorkerFacts(),
      new DispatchPromises(),
      new CancelPromise(),
      new ClientWishes(),
      new BlamePromise(),
      new Arrivals(),
      new SubmissionOrder(),
      new ForgottenTasks(),
      new StealPromises(),
    ];
    for (const promise of this.#promises) promise.listen?.(output);
  }

  beforeScheduler(state: SchedulerState, stimulus: SchedulerStimulus): void {
    this.#stepsBefore = countSteps(state);
    this.#schedulerPosition = state.story.position;
    this.#stimulusBefore = state.cause.stimulusId;
    for (const promise of this.#promises) promise.before?.(state, stimulus);
    this.#coverage?.noteScheduler(state, stimulus);
    if (stimulus.op === 'remove-worker' && stimulus.worker.status !== 'closed') this.#noteWorkerEnd(stimulus.worker);
    if (stimulus.op === 'tasks-finished') {
      for (const runId of Array.from(stimulus.runIds)) this.#noteEnd(stimulus.worker.id, runId);
    } else if (stimulus.op === 'task-erred' || stimulus.op === 'reschedule-task') {
      this.#noteEnd(stimulus.worker.id, stimulus.runId);
    }
  }

  afterScheduler(state: SchedulerState, stimulus: SchedulerStimulus): void {
    // S17: what follows from one thing is bounded.
    const steps = countSteps(state) - this.#stepsBefore;
    if (steps > STEPS_FREE + STEPS_PER_TASK * state.nextTaskId) {
      throw broken('S17', `${stimulus.op} led to ${String(steps)} steps`);
    }
    // L7: nothing waits for nothing. Where it does, the scheduler puts it right: else nobody would see it here.
    if (Object.values(state.stuckCounts).some((count) => count > 0)) {
      throw broken('L7', `something was stuck: ${JSON.stringify(state.stuckCounts)}`);
    }
    const touched = touchedOnScheduler(state, this.#schedulerPosition);
    if (this.#isDue(state, countTasks(state))) validateScheduler(state);
    else validateSchedulerTasks(state, touched);
    for (const promise of this.#promises) promise.check(state, stimulus, touched);
    this.#checkStory(state, stimulus, steps);
  }

  /** S17: each step is counted, and told of under the number and at the time of what it follows from. */
  #checkStory({ cause, story }: SchedulerState, { op }: SchedulerStimulus, steps: number): void {
    // A task that goes from one worker to another stays in its state, and a run that a worker brings is there at once.
    const isUncounted =
      steps === 0 && op !== 'add-worker' && story.since(this.#schedulerPosition).some(({ from, to }) => from !== to);
    if (isUncounted) throw broken('S17', 'steps were taken, and none was counted');
    if (cause.stimulusId <= this.#stimulusBefore) throw broken('S17', 'what happens has no number of its own');
    if (Math.abs(cause.at - Date.now()) > 1) throw broken('S17', 'what happens is noted for another time');
  }

  beforeWorker(state: WorkerState, stimulus: WorkerStimulus): void {
    for (const promise of this.#ofWorkers) promise.before?.(state, stimulus);
    if (stimulus.type === 'lose-data') this.#history.lostValues += stimulus.taskIds.length;
    this.#coverage?.noteWorker(state, stimulus);
    this.#workerSteps = state.story.count;
  }

  afterWorker(state: WorkerState, stimulus: WorkerStimulus): void {
    if (state.watch.stuckCount > 0) throw broken('L7', 'a task was stuck on a worker');
    for (const promise of this.#ofWorkers) promise.check(state, stimulus, state.story.tasksSince(this.#workerSteps));
    if (this.#isDue(state, state.tasks.size)) validateWorker(state);
    else validateWorkerTasks(state, touchedOnWorker(state, this.#workerSteps));
  }

  /** X5: nobody is given up who lives, is heard, and was not told to leave. */
  #noteWorkerEnd({ about }: WorkerRecord): void {
    this.#history.workerEnds += 1;
    if (this.#history.faults === 0 && !this.#history.isEnding)
      throw broken('X5', `${about.name} was given up, and nothing had gone wrong`);
  }

  /** W7: one run has one end. */
  #noteEnd(workerId: number, runId: number): void {
    const name = `${String(workerId)}/${String(runId)}`;
    if (this.#ended.has(name))
      throw broken('W7', `worker ${String(workerId)} told of the end of run ${String(runId)} twice`);
    this.#ended.add(name);
  }

  #isDue(state: object, tasks: number): boolean {
    const skipped = (this.#skipped.get(state) ?? 0) + 1;
    const isDue = tasks <= TASKS_SMALL || skipped * TASKS_PER_LOOK >= tasks;
    this.#skipped.set(state, isDue ? 0 : skipped);
    return isDue;
  }
}

function countSteps({ stepCounts }: SchedulerState): number {
  let steps = 0;
  for (const count of stepCounts) steps += count;
  return steps;
}

function countTasks({ stateCounts }: SchedulerState): number {
  let tasks = 0;
  for (const count of stateCounts) tasks += count;
  return tasks;
}
