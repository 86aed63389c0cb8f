/** What is seen of a process at one moment, in bytes. */
export interface GarbageView {
  /** Resident memory of the process. */
  readonly process: number;
  /** Results in memory. */
  readonly managed: number;
  /** In use on the heaps of JavaScript, of all threads. */
  readonly heap: number;
}

/**
 * Notices that results which nobody needs any more still take memory.
 *
 * They are in shared buffers, whose bytes V8 does not count: left to themselves its collectors run when hundreds of
 * megabytes are dead. Memory that is taken anew instead has to be faulted in, which costs more than to collect; where a
 * host takes back what its virtual machines do not use, it costs many times as much.
 */
export class GarbageWatch {
  #rest = Infinity;

  /** Bytes that came since the last collection and are neither results nor on a heap. */
  look({ process, managed, heap }: GarbageView): number {
    const rest = process - managed - heap;
    // What a collection left, or what was there at the least since then: in use for something else.
    this.#rest = Math.min(this.#rest, rest);
    return rest - this.#rest;
  }

  /** Memory was collected; what the next look sees besides results is in use. */
  noteCollected(): void {
    this.#rest = Infinity;
  }
}
