import { SpanRecord } from './span-record.js';

/** Spans that are remembered. Those that are over go first; without any of them, new ones are counted to their parents. */
const SPANS_MAX = 10_000;

/** Spans within spans; what is deeper is counted to the last of these. */
const DEPTH_MAX = 64;

/** The way to a span, as a client tells it: from the outermost on. */
export type SpanPath = readonly { readonly id: string; readonly name: string }[];

/** The spans that tasks were submitted in. */
export class SpanTable {
  readonly #spansMax: number;
  readonly #byId = new Map<string, SpanRecord>();
  readonly #byNumber = new Map<number, SpanRecord>();
  #nextNumber = 1;

  constructor(spansMax = SPANS_MAX) {
    this.#spansMax = spansMax;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** All of them, parents before their children. */
  get all(): Iterable<SpanRecord> {
    return this.#byId.values();
  }

  /** Whether it is remembered. */
  has(number: number): boolean {
    return this.#byNumber.has(number);
  }

  /**
   * The span at the end of `path`, made if need be.
   *
   * @param around - the span of the task that submits; `null`: no task does, or it is in none
   */
  enter(around: SpanRecord | null, path: SpanPath | null, at: number): SpanRecord | null {
    let span = around;
    for (const { id, name } of path ?? []) {
      const known = this.#byId.get(id);
      if (known === undefined && (depthOf(span) >= DEPTH_MAX || !this.#makeRoom(span))) return span;
      span = known ?? this.#add({ id, name, parent: span, enqueuedAt: at });
    }
    return span;
  }

  #add(parts: Pick<SpanRecord, 'id' | 'name' | 'parent' | 'enqueuedAt'>): SpanRecord {
    const span = new SpanRecord({ ...parts, number: this.#nextNumber });
    this.#nextNumber += 1;
    if (span.parent !== null) span.parent.childCount += 1;
    this.#byId.set(span.id, span);
    this.#byNumber.set(span.number, span);
    return span;
  }

  /** Whether there is room for one more; the oldest one that is over has to go if there is none. */
  #makeRoom(inside: SpanRecord | null): boolean {
    if (this.#byId.size < this.#spansMax) return true;
    for (const span of this.#byId.values()) {
      if (!span.isOver || span === inside) continue;
      this.#byId.delete(span.id);
      this.#byNumber.delete(span.number);
      if (span.parent !== null) span.parent.childCount -= 1;
      return true;
    }
    return false;
  }
}

function depthOf(span: SpanRecord | null): number {
  let depth = 0;
  for (let at = span; at !== null; at = at.parent) depth += 1;
  return depth;
}
