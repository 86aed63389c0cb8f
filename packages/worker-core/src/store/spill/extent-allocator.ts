import { invariant } from '@grid/common';

/** Where something is on disk. */
export interface Extent {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** What is to be done about segments: each is a file. */
export interface AllocatorEvents {
  /** Nothing is in this segment, and nobody plans to put anything there. */
  onUnused(segment: number): void;
}

interface Segment {
  readonly id: number;
  readonly capacity: number;
  /** Where the next extent begins. */
  tail: number;
  /** Bytes of extents that are in use. */
  live: number;
}

/**
 * Divides segments among values. A segment is filled from its start to its end, and is empty again when the last value in
 * it is gone; then it is filled anew, since to write over what a file has costs a fraction of making it longer.
 */
export class ExtentAllocator {
  readonly #segmentBytes: number;
  readonly #spareBytesMax: number;
  readonly #events: AllocatorEvents;
  readonly #segments = new Map<number, Segment>();
  readonly #spare = new Set<Segment>();
  #spareBytes = 0;
  #open: Segment | null = null;
  #nextId = 0;
  #used = 0;

  /**
   * @param options - `segmentBytes`: size of a segment, unless a value is larger than that; `spareBytesMax`: bytes of empty
   * segments that are kept to be filled anew.
   */
  constructor(options: { readonly segmentBytes: number; readonly spareBytesMax: number }, events: AllocatorEvents) {
    this.#segmentBytes = options.segmentBytes;
    this.#spareBytesMax = options.spareBytesMax;
    this.#events = events;
  }

  /** Bytes of all extents in use. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Finds room. */
  allocate(length: number): Extent {
    let segment = this.#open;
    if (segment === null || segment.capacity - segment.tail < length) segment = this.#segmentFor(length);
    const extent = { segment: segment.id, offset: segment.tail, length };
    segment.tail += length;
    segment.live += length;
    this.#used += length;
    return extent;
  }

  free({ segment: id, length }: Extent): void {
    const segment = this.#segments.get(id);
    invariant(segment !== undefined && segment.live >= length, `segment ${String(id)} has no such extent`);
    segment.live -= length;
    this.#used -= length;
    if (segment.live > 0) return;
    segment.tail = 0;
    if (segment !== this.#open) this.#setAside(segment);
  }

  #segmentFor(length: number): Segment {
    let best: Segment | null = null;
    for (const spare of this.#spare) {
      if (spare.capacity >= length && (best === null || spare.capacity < best.capacity)) best = spare;
    }
    const segment = best ?? this.#create(Math.max(length, this.#segmentBytes));
    if (best !== null) {
      this.#spare.delete(best);
      this.#spareBytes -= best.capacity;
    }
    // A large value fills its segment alone; what is open stays open for the small ones.
    if (segment.capacity - length > (this.#open === null ? -1 : this.#open.capacity - this.#open.tail)) {
      const before = this.#open;
      this.#open = segment;
      if (before?.live === 0) this.#setAside(before);
    }
    return segment;
  }

  #create(capacity: number): Segment {
    const segment = { id: this.#nextId, capacity, tail: 0, live: 0 };
    this.#nextId += 1;
    this.#segments.set(segment.id, segment);
    return segment;
  }

  #setAside(segment: Segment): void {
    if (this.#spareBytes + segment.capacity <= this.#spareBytesMax) {
      this.#spare.add(segment);
      this.#spareBytes += segment.capacity;
      return;
    }
    this.#segments.delete(segment.id);
    this.#events.onUnused(segment.id);
  }
}
