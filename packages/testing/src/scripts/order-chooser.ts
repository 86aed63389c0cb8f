import { isBefore, type EventHeap, type SimEvent } from '../host/event-heap.js';
import { hashText, mix, mixInto } from '../host/random.js';
import type { EventChooser } from '../host/sim-loop.js';
import type { SimProcess } from '../host/sim-process.js';

/** What needs time to pass, and so comes after all that need not. */
const LATER: ReadonlySet<string> = new Set(['timer', 'look', 'memory', 'start', 'comm', 'disk']);

/** Says which of several things that may happen is next; `null`: this world need not go on. */
export type Decide = (state: string, count: number) => number | null;

/**
 * Has things happen in an order that somebody else decides on. What may happen next is the first of each channel: of each
 * direction of a line, of each thread, and what programs do and what goes wrong. Time stands still meanwhile.
 *
 * The state of a world is what each process has seen so far, in order: processes share nothing else, and do the same after
 * the same. Two orders that differ only in what happens in different processes lead to one state.
 */
export class OrderChooser implements EventChooser {
  readonly #decide: Decide;
  /** What each process has seen, as a number. */
  readonly #seen = new Map<SimProcess, number>();
  /** How many have come through each channel. */
  readonly #passed = new Map<string, number>();
  /** Whether the world need not go on. */
  isOver = false;

  constructor(decide: Decide) {
    this.#decide = decide;
  }

  take(heap: EventHeap): SimEvent | undefined {
    if (this.isOver) return undefined;
    const event = this.#next(heap);
    if (event === undefined) return undefined;
    heap.remove(event);
    this.#note(event);
    return event;
  }

  #next(heap: EventHeap): SimEvent | undefined {
    const heads = new Map<string, SimEvent>();
    for (const event of heap.filter(mayHappen)) {
      const channel = channelOf(event);
      const head = heads.get(channel);
      if (head === undefined || isBefore(event, head)) heads.set(channel, event);
    }
    const events = [...heads].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
    // What a process does at the end of its turn nobody comes between.
    const turnEnd = events.find(({ kind }) => kind === 'turn-end');
    if (turnEnd !== undefined || events.length < 2) return turnEnd ?? events[0];
    const choice = this.#decide(this.#state, events.length);
    if (choice === null) this.isOver = true;
    return choice === null ? undefined : events[choice];
  }

  get #state(): string {
    const parts = [...this.#seen].map(([{ name }, seen]) => `${name}=${String(seen)}`);
    return parts.sort().join();
  }

  #note(event: SimEvent): void {
    const channel = channelOf(event);
    const count = (this.#passed.get(channel) ?? 0) + 1;
    this.#passed.set(channel, count);
    const before = this.#seen.get(event.process) ?? 0;
    this.#seen.set(event.process, mix(mixInto(before, hashText(channel, count))));
  }
}

function mayHappen({ isCancelled, process, kind }: SimEvent): boolean {
  return !isCancelled && !process.isDead && !LATER.has(kind);
}

function channelOf({ process, kind, channel = kind }: SimEvent): string {
  return `${process.name} ${channel}`;
}
