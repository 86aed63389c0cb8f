import { ValueDecoder, ValueEncoder, type CodeDecoder, type CodeEncoder } from '@grid/protocol';
import { TaskContext, type ThreadLink, type ThreadLinkEvents } from '@grid/worker-core';
import {
  CONTROL,
  failureOf,
  isKeptLive,
  LiveValues,
  ResultWriter,
  RUN,
  TaskInputs,
  type FromThread,
  type RunMessage,
  type ThreadSetup,
  type ToThread,
} from '@grid/worker-core/simulation';

import type { SimEvent } from '../host/event-heap.js';
import type { SimLoop } from '../host/sim-loop.js';
import type { SimProcess } from '../host/sim-process.js';
import type { Random } from '../host/random.js';
import { SimulationError } from '../errors.js';
import type { PlannedRun, WorkloadModel } from '../workload/workload-model.js';

/** What a simulated thread works with. */
export interface SimThreadParts {
  readonly loop: SimLoop;
  readonly process: SimProcess;
  readonly random: Random;
  readonly model: WorkloadModel;
  /** Called when it ends before its worker does. */
  onEnd(): void;
}

interface OpenBatch {
  readonly message: RunMessage;
  readonly inputs: TaskInputs;
  row: number;
}

const LIVE_LIMITS = { bytesMax: 32 * 1024 * 1024, countMax: 10_000 };
/** Milliseconds that a message takes between a thread and the process's own loop, at most. */
const HOP_MS = 0.1;
/** What keeps messages apart, and so in order, in milliseconds. */
const EPSILON_MS = 1e-6;
/** Starting a thread takes about this long, in milliseconds. */
const START_MS = 30;
const TERMINATE_MS = 1;

const refuseCode: CodeEncoder & CodeDecoder = {
  begin: () => {
    throw new TypeError('simulated tasks send no code');
  },
};

/** Simulated tasks compute and wait; they ask their thread for nothing. */
const NO_SERVICES = {} as ConstructorParameters<typeof TaskContext>[2];

/**
 * A thread that runs simulated tasks: it speaks with its executor as the real one does, decodes their arguments, and spends
 * the time that the workload says.
 */
export class SimThread implements ThreadLink {
  readonly #control: Int32Array;
  readonly #name: string;
  readonly #events: ThreadLinkEvents;
  readonly #parts: SimThreadParts;
  readonly #decoder = new ValueDecoder();
  readonly #live = new LiveValues(LIVE_LIMITS);
  readonly #results = new ResultWriter(refuseCode);
  readonly #batches: OpenBatch[] = [];
  /** Messages that came while a task kept the thread. */
  readonly #inbox: ToThread[] = [];
  /** Tasks that wait for promises, by number: what ends them. */
  readonly #suspended = new Map<number, SimEvent>();
  #isBusy = false;
  #isEnded = false;
  #isSilent = false;
  #inDue = 0;
  #outDue = 0;

  constructor(setup: ThreadSetup, events: ThreadLinkEvents, parts: SimThreadParts) {
    this.#control = setup.control;
    this.#name = setup.workerName;
    this.#events = events;
    this.#parts = parts;
    this.#outDue = parts.loop.now + parts.random.between(START_MS / 2, START_MS * 2);
    this.#inDue = this.#outDue;
    this.#tell({ kind: 'ready' });
  }

  post(message: ToThread): void {
    const { loop, random } = this.#parts;
    this.#inDue = Math.max(this.#inDue + EPSILON_MS, loop.now + random.between(0, HOP_MS));
    this.#later(this.#inDue - loop.now, () => {
      if (this.#isBusy) this.#inbox.push(message);
      else this.#receive(message);
    });
  }

  terminate(): Promise<void> {
    this.#parts.onEnd();
    this.#isEnded = true;
    this.#isSilent = this.#parts.random.chance(0.5);
    return new Promise((resolve) => {
      this.#parts.loop.after(this.#parts.process, TERMINATE_MS, 'thread', resolve);
    });
  }

  #receive(message: ToThread): void {
    switch (message.kind) {
      case 'run':
        this.#batches.push({ message, inputs: this.#inputsOf(message), row: 0 });
        this.#runNext();
        return;
      case 'abort':
        this.#abort(message.taskId);
        return;
      case 'forget':
        for (const taskId of message.taskIds) this.#live.delete(taskId);
        return;
      case 'collect':
        Atomics.store(this.#control, CONTROL.isCollectDue, 0);
        return;
      case 'call': {
        const value = new ValueEncoder().encode(this.#name);
        this.#tell({ kind: 'called', callId: message.callId, value, failure: null });
        return;
      }
      // Worlds have no actors and no plugins.
      case 'actor-abandon':
      case 'actor-calls':
      case 'actor-confirm':
      case 'actor-drop':
      case 'slot':
      case 'line-answer':
      case 'plugin':
      case 'uploads':
    }
  }

  #inputsOf(message: RunMessage): TaskInputs {
    return new TaskInputs(message, { code: refuseCode, decoder: this.#decoder, live: this.#live });
  }

  /** Half of those that wait listen to their signal, and end soon. */
  #abort(taskId: number): void {
    const waiting = this.#suspended.get(taskId);
    const isListening = waiting !== undefined && this.#parts.random.chance(0.5);
    if (isListening) {
      waiting.isCancelled = true;
      this.#later(this.#parts.random.spread(0.1, 20), () => waiting.run());
    }
    this.#tell({ kind: 'aborted', taskId, isListening });
  }

  #runNext(): void {
    Atomics.store(this.#control, CONTROL.isBusy, 1);
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      while (batch.row < batch.message.rows.length / RUN.width) {
        const row = batch.row;
        batch.row += 1;
        if (this.#begin(batch, row)) return;
      }
      this.#batches.shift();
    }
    Atomics.store(this.#control, CONTROL.isBusy, 0);
    this.#flush(false);
    if (this.#suspended.size > 0) this.#later(0, () => this.#flush(true));
  }

  /** Begins one task; `true` if it keeps the thread. */
  #begin({ message, inputs }: OpenBatch, row: number): boolean {
    const sequence = (message.firstSequence + row) | 0;
    const taken = Atomics.compareExchange(this.#control, CONTROL.head, sequence, (sequence + 1) | 0);
    if (taken !== sequence) return false;
    const taskId = message.rows[row * RUN.width + RUN.taskId] as number;
    const { model, random } = this.#parts;
    const run = model.begin(inputs.argumentsOf(row, this.#contextOf(taskId)), this.#name);
    const { way } = run.spec;
    const start = Date.now();
    const ms = run.spec.ms * random.between(0.7, 1.3);
    if (way === 'wait') {
      this.#suspend(taskId, ms, () => this.#finish(taskId, run, start));
      return false;
    }
    this.#isBusy = true;
    // It keeps the thread until somebody ends that.
    if (way === 'hang') return true;
    if (way === 'secede') {
      this.#later(ms / 2, () => this.#tell({ kind: 'seceded', taskId, duration: ms / 2 }));
    }
    this.#later(ms, () => (way === 'exit' ? this.#exit() : this.#leave(taskId, run, start)));
    return true;
  }

  #contextOf(taskId: number): TaskContext {
    return new TaskContext({ taskId, start: Date.now() }, () => `#${String(taskId)}`, NO_SERVICES);
  }

  #suspend(taskId: number, ms: number, settle: () => void): void {
    this.#results.addSuspended(taskId);
    const event = this.#later(ms, () => {
      if (!this.#suspended.delete(taskId)) return;
      settle();
      this.#later(0, () => this.#flush(true));
    });
    this.#suspended.set(taskId, event);
  }

  /** A task that kept the thread ends. */
  #leave(taskId: number, run: PlannedRun, start: number): void {
    this.#finish(taskId, run, start);
    this.#isBusy = false;
    if (this.#results.isDue(Date.now()) || this.#parts.random.chance(0.7)) this.#flush(false);
    // What it has been sent comes before what it is told meanwhile.
    this.#runNext();
    while (!this.#isBusy && this.#inbox.length > 0) this.#receive(this.#inbox.shift() as ToThread);
  }

  #finish(taskId: number, { spec, end }: PlannedRun, start: number): void {
    const { model } = this.#parts;
    const now = Date.now();
    const count = model.counts[spec.label];
    if (end === 'reschedule') {
      if (count !== undefined) count.rescheduled += 1;
      this.#results.addRescheduled(taskId);
    } else if (end === 'throw') {
      if (count !== undefined) count.threw += 1;
      const error = new SimulationError('GRID_TESTING_TASK_THREW', `${spec.key} threw`, { details: { key: spec.key } });
      this.#results.addFailure(taskId, failureOf(error), start, now);
    } else {
      const value = model.valueOf(spec.label);
      const { bodyBytes, bufferCount } = this.#results.addResult({ taskId, value, start, end: now });
      if (isKeptLive(bodyBytes, bufferCount)) this.#live.set(taskId, value, bodyBytes);
    }
  }

  #exit(): void {
    this.#parts.onEnd();
    this.#isEnded = true;
    this.#parts.loop.after(this.#parts.process, HOP_MS, 'thread', () => {
      this.#isSilent = true;
      this.#events.onEnd(undefined);
    });
  }

  #flush(withSuspended: boolean): void {
    const message = this.#results.take(withSuspended);
    if (message !== undefined) this.#tell(message);
  }

  #tell(message: FromThread): void {
    const { loop, random } = this.#parts;
    this.#outDue = Math.max(this.#outDue + EPSILON_MS, loop.now + random.between(0, HOP_MS));
    const { process } = this.#parts;
    loop.after(process, this.#outDue - loop.now, 'thread', () => {
      // What was on its way when the thread ended may still come.
      if (!this.#isSilent) this.#events.onMessage(message);
    });
  }

  #later(ms: number, run: () => void): SimEvent {
    return this.#parts.loop.after(this.#parts.process, ms, 'thread', () => {
      if (!this.#isEnded) run();
    });
  }
}
