import {
  STATE,
  type LinkOutput,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/** A run that has just ended, as its worker tells of it. */
interface Ending {
  readonly task: TaskRecord;
  readonly nbytes: number;
  readonly typeId: number;
  readonly start: number;
  readonly duration: number;
  /** Where its encoded result is in what came along; `null`: nowhere. */
  readonly inline: readonly [start: number, end: number] | null;
}

type Span = NonNullable<NonNullable<TaskRecord['graph']>['span']>;

type TasksFinished = Stimulus & { readonly op: 'tasks-finished' };

/**
 * X3: what a worker tells of a run is known afterwards: what came of it, where it ran and when, and how long such tasks take; and a
 * result that comes along is passed on to those who wait for it.
 */
export class Arrivals implements SchedulerPromise {
  #endings: Ending[] = [];
  #recorded = 0;
  /** How many runs spans had that some of these are of. */
  readonly #spanRuns = new Map<Span, number>();
  /** Data that clients have announced. */
  #announced: readonly TaskRecord[] = [];
  #finished: TasksFinished | null = null;
  #arrival: SchedulerState['arrival'] | null = null;
  #problem: Error | null = null;

  /** Listens to what is passed on. */
  listen(output: LinkOutput): void {
    const say = output.keyInMemory.bind(output);
    output.keyInMemory = (client, id, task) => {
      if (!this.#isPassedOn(task))
        this.#problem ??= broken('X3', `the result of ${task.key} came along, and ${client.name} has to fetch it`);
      say(client, id, task);
    };
  }

  before(state: SchedulerState, stimulus: Stimulus): void {
    this.#arrival = state.arrival;
    state.taskStream.start();
    this.#recorded = state.taskStream.total;
    this.#endings = [];
    this.#spanRuns.clear();
    this.#announced = [];
    this.#finished = null;
    if (stimulus.op === 'tasks-finished') {
      this.#finished = stimulus;
      this.#endings = endingsOf(state, stimulus);
      for (const { task } of this.#endings)
        if (task.graph?.span) this.#spanRuns.set(task.graph.span, runsOf(task.graph.span));
    } else if (stimulus.op === 'task-erred') {
      const { taskId, runId, startMs, durationMs } = stimulus;
      const task = state.tasks.get(taskId);
      if (task?.processingOn !== stimulus.worker || task.runId !== runId) return;
      this.#endings = [{ task, nbytes: 0, typeId: -1, start: startMs, duration: durationMs, inline: null }];
    } else if (stimulus.op === 'add-keys') {
      this.#announced = Array.from(stimulus.taskIds, (id) => state.tasks.get(id)).filter(
        (task) => task !== undefined && state.planned.has(task),
      ) as TaskRecord[];
    }
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` X3 */
  check(state: SchedulerState): void {
    if (this.#problem !== null) throw this.#problem;
    for (const { key, state: code, typeId } of this.#announced) {
      if (code === STATE.memory && typeId !== -1) throw broken('X3', `${key} is data, and has a type`);
    }
    if (this.#endings.length === 0 && state.taskStream.total === this.#recorded) return;
    this.#checkStream(state);
    this.#checkSpans();
    if (this.#finished === null) return;
    for (const { task, nbytes, typeId } of this.#endings) {
      if (task.state !== STATE.memory) continue;
      if (task.nbytes !== nbytes || task.typeId !== typeId)
        throw broken('X3', `the result of ${task.key} is of another size or type than its worker says`);
    }
  }

  /** Each run counts in the piece of a program that its task is from. */
  #checkSpans(): void {
    for (const [span, before] of this.#spanRuns) {
      const ended = this.#endings.filter(({ task }) => task.graph?.span === span).length;
      if (runsOf(span) !== before + ended)
        throw broken('X3', `${String(ended)} runs of the span ${span.name} have ended, and others are counted`);
    }
  }

  #checkStream({ taskStream }: SchedulerState): void {
    const runs = taskStream.select({ after: this.#recorded, from: -Infinity, to: Infinity, count: Infinity });
    const isRight =
      runs.length === this.#endings.length &&
      runs.every(({ key, start, duration, nbytes, typeId }, row) => {
        const ending = this.#endings[row] as Ending;
        return (
          key === ending.task.key &&
          start === ending.start &&
          duration === ending.duration &&
          nbytes === ending.nbytes &&
          typeId === ending.typeId
        );
      });
    if (!isRight)
      throw broken('X3', `${String(this.#endings.length)} runs have ended, and the story of runs tells of others`);
  }

  #isPassedOn(task: TaskRecord): boolean {
    const arrival = this.#arrival;
    if (arrival === null) return true;
    const inline = this.#endings.find((ending) => ending.task === task)?.inline ?? null;
    // Who asks for what has long been there gets nothing along.
    if (inline === null || this.#finished === null) return arrival.inlineTask !== task;
    return (
      arrival.inlineTask === task &&
      arrival.inlineBlock === this.#finished.results?.block &&
      arrival.inlineStart === inline[0] &&
      arrival.inlineEnd === inline[1]
    );
  }
}

function runsOf({ prefixes }: Span): number {
  let runs = 0;
  for (const { finished, failed } of prefixes.values()) runs += finished + failed;
  return runs;
}

function endingsOf(state: SchedulerState, { worker, ...stimulus }: TasksFinished): Ending[] {
  const endings: Ending[] = [];
  const ended = new Set<TaskRecord>();
  const ends = stimulus.results?.ends;
  for (let row = 0; row < stimulus.taskIds.length; row += 1) {
    const task = state.tasks.get(stimulus.taskIds[row] as number);
    if (task?.processingOn !== worker || task.runId !== stimulus.runIds[row] || ended.has(task)) continue;
    ended.add(task);
    const start = row === 0 ? 0 : (ends?.[row - 1] ?? 0);
    const end = ends?.[row] ?? 0;
    endings.push({
      task,
      nbytes: stimulus.sizes[row] as number,
      typeId: worker.typeNumbers[stimulus.typeIds[row] as number] ?? -1,
      start: stimulus.starts[row] as number,
      duration: stimulus.durations[row] as number,
      inline: end > start ? [start, end] : null,
    });
  }
  return endings;
}
