import type { SimProcess } from './sim-process.js';

/** Something that is going to happen. */
export interface SimEvent {
  /** Milliseconds since the world began. */
  readonly time: number;
  /** Says who is first among those of one moment. */
  readonly tie: number;
  /** Where it happens; what happens in a process that has ended does not. */
  readonly process: SimProcess;
  /** What it is, for the trace. */
  readonly kind: string;
  readonly run: () => void;
  isCancelled: boolean;
  /** Of what has one channel the first is first, in whichever order all else happens. @defaultValue its kind */
  channel?: string;
  /** Where it was set up, in worlds that somebody reads. */
  origin?: string;
}

/** What is going to happen, the next first. */
export class EventHeap {
  readonly #events: SimEvent[] = [];

  get size(): number {
    return this.#events.length;
  }

  push(event: SimEvent): void {
    const events = this.#events;
    let index = events.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = events[parentIndex] as SimEvent;
      if (!isBefore(event, parent)) break;
      events[index] = parent;
      index = parentIndex;
    }
    events[index] = event;
  }

  pop(): SimEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= events.length) break;
      const right = events[child + 1];
      if (right !== undefined && isBefore(right, events[child] as SimEvent)) child += 1;
      if (!isBefore(events[child] as SimEvent, last)) break;
      events[index] = events[child] as SimEvent;
      index = child;
    }
    events[index] = last;
    return first;
  }

  /** Takes one out. */
  remove(event: SimEvent): void {
    const rest = this.#events.filter((other) => other !== event);
    this.#events.length = 0;
    for (const other of rest) this.push(other);
  }

  /** Those that fit, in no order. */
  filter(fits: (event: SimEvent) => boolean): SimEvent[] {
    return this.#events.filter(fits);
  }
}

/** Whether `a` happens before `b`. */
export function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.time === b.time ? a.tie < b.tie : a.time < b.time;
}
