import { EventHeap, type SimEvent } from './event-heap.js';
import type { Random } from './random.js';
import type { SimImmediate, SimProcess } from './sim-process.js';
import type { Trace } from './trace.js';

/** Why a run of the loop ended. */
export type LoopEnd = 'done' | 'idle' | 'events' | 'time' | 'failed';

/** When a run of the loop ends. */
export interface LoopLimits {
  /** Looked at after each event. */
  isDone(): boolean;
  /** Events of this run. */
  readonly eventsMax: number;
  /** Milliseconds of the world. */
  readonly timeMax: number;
}

/** Says which of the things that may happen next does. */
export interface EventChooser {
  /** Takes it out of all that is going to happen; `undefined`: the one whose time comes first. */
  take(heap: EventHeap): SimEvent | undefined;
}

/** A turn of an event loop goes on for at most so long after something was queued for its end, in milliseconds. */
const TURN_MS = 0.4;

/**
 * Time, for everything in a world: what is going to happen next happens, one thing after the other, in the process that it
 * belongs to, and what follows from it by promises has come to rest before the next.
 */
export class SimLoop {
  /** Milliseconds since the world began. */
  now = 0;
  /** Where something happens right now. */
  current: SimProcess;
  /** How many things have happened. */
  eventCount = 0;
  /** What ended the world before its time; the first is remembered. */
  failure: unknown = undefined;
  readonly trace: Trace;
  /** Called after each event, when nothing follows from it any more. */
  onEvent: (event: SimEvent) => void = () => {};
  /** Says what happens next, in place of time; `null`: time does. */
  chooser: EventChooser | null = null;
  readonly #heap = new EventHeap();
  readonly #random: Random;
  readonly #outside: SimProcess;

  readonly #nextTurn: (step: () => void) => void;

  /**
   * @param outside - Where those things happen that are of no process, such as faults.
   * @param parts - `nextTurn`: calls back when all promises have come to rest, as the real `setImmediate` does.
   */
  constructor(
    outside: SimProcess,
    parts: { readonly random: Random; readonly trace: Trace; readonly nextTurn: (step: () => void) => void },
  ) {
    this.#nextTurn = parts.nextTurn;
    this.#outside = outside;
    this.current = outside;
    this.#random = parts.random;
    this.trace = parts.trace;
  }

  /** The process that stands for the world around all others. */
  get outside(): SimProcess {
    return this.#outside;
  }

  /** Has something happen in `process` after `ms`; of what happens at one moment, what is first is drawn. */
  after(process: SimProcess, ms: number, kind: string, run: () => void): SimEvent {
    const event: SimEvent = {
      time: this.now + Math.max(0, ms),
      tie: this.#random.next(),
      process,
      kind,
      run,
      isCancelled: false,
    };
    this.#heap.push(event);
    return event;
  }

  /** Has something happen at the end of this turn of the process's event loop. */
  atTurnEnd(process: SimProcess, run: () => void): SimImmediate {
    const immediate: SimImmediate = { run, isCancelled: false };
    process.immediates.push(immediate);
    if (!process.isTurnEnding) {
      process.isTurnEnding = true;
      // More may arrive within the turn, as it does where sockets are read one after the other.
      const ms = process.random.chance(0.5) ? 0 : process.random.between(0, TURN_MS);
      this.after(process, ms, 'turn-end', () => this.#endTurn(process, process.immediates.length));
    }
    return immediate;
  }

  /** Events of a kind that are going to happen in a process. */
  pendingOf(process: SimProcess, kind: string): readonly SimEvent[] {
    return this.#heap.filter((event) => !event.isCancelled && event.process === process && event.kind === kind);
  }

  /** Ends the world: something is wrong. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Runs until a limit is reached. */
  run(limits: LoopLimits): Promise<LoopEnd> {
    const eventsEnd = this.eventCount + limits.eventsMax;
    return new Promise((resolve) => {
      let last: SimEvent | undefined;
      const step = (): void => {
        // All that the last event led to by promises has happened: this is another turn of the real event loop.
        if (last !== undefined) this.onEvent(last);
        if (this.failure !== undefined) return resolve('failed');
        if (limits.isDone()) return resolve('done');
        if (this.eventCount >= eventsEnd) return resolve('events');
        const event = this.#takeNext();
        if (event === undefined) return resolve('idle');
        if (event.time > limits.timeMax) {
          this.#heap.push(event);
          return resolve('time');
        }
        last = event;
        this.#happen(event);
        this.#nextTurn(step);
      };
      this.#nextTurn(step);
    });
  }

  #takeNext(): SimEvent | undefined {
    const chosen = this.chooser?.take(this.#heap);
    if (chosen !== undefined) return { ...chosen, time: this.now };
    for (let event = this.#heap.pop(); event !== undefined; event = this.#heap.pop()) {
      const { process } = event;
      if (event.isCancelled || process.isDead) continue;
      if (process.stoppedUntil > event.time) {
        this.#heap.push(later(event, process.stoppedUntil));
        continue;
      }
      return event;
    }
    return undefined;
  }

  #happen(event: SimEvent): void {
    this.now = event.time;
    this.current = event.process;
    this.eventCount += 1;
    try {
      event.run();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Those that are queued while these run belong to the end of the next turn. */
  #endTurn(process: SimProcess, left: number): void {
    const immediate = process.immediates.shift();
    const rest = left - 1;
    if (rest > 0) {
      this.#heap.push({
        time: this.now,
        tie: -1,
        process,
        kind: 'turn-end',
        run: () => this.#endTurn(process, rest),
        isCancelled: false,
      });
    } else {
      process.isTurnEnding = false;
    }
    if (immediate?.isCancelled === false) immediate.run();
    if (rest <= 0 && process.immediates.length > 0 && !process.isTurnEnding) this.#beginTurnEnd(process);
  }

  #beginTurnEnd(process: SimProcess): void {
    process.isTurnEnding = true;
    this.after(process, 0, 'turn-end', () => this.#endTurn(process, process.immediates.length));
  }
}

/** What a stopped process misses happens when it goes on, in the order in which it would have happened. */
function later(event: SimEvent, time: number): SimEvent {
  return {
    ...event,
    time,
    tie: event.time * 1e-12,
    // Whoever set it up may still take it back.
    get isCancelled() {
      return event.isCancelled;
    },
    set isCancelled(isCancelled) {
      event.isCancelled = isCancelled;
    },
  };
}
