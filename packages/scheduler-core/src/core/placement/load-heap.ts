import { busyCount, type WorkerRecord } from '../records.js';

/**
 * Workers, the one with the least load first. They may be given tasks while they are in here; those that lose tasks have to
 * be put in anew, with {@link fill}.
 */
export class LoadHeap<W> {
  readonly #loadOf: (worker: W) => number;
  readonly #workers: W[] = [];
  /** Their loads when they were put where they are. They may have grown since. */
  readonly #loads: number[] = [];

  constructor(loadOf: (worker: W) => number) {
    this.#loadOf = loadOf;
  }

  fill(workers: Iterable<W>): void {
    this.#workers.length = 0;
    this.#loads.length = 0;
    for (const worker of workers) {
      this.#workers.push(worker);
      this.#loads.push(this.#loadOf(worker));
    }
    for (let index = (this.#workers.length >> 1) - 1; index >= 0; index -= 1) {
      this.#siftDown(index, this.#workers[index] as W, this.#loads[index] as number);
    }
  }

  /** The least loaded one; it stays. */
  first(): W | undefined {
    for (;;) {
      const worker = this.#workers[0];
      if (worker === undefined) return undefined;
      const load = this.#loadOf(worker);
      if (load <= (this.#loads[0] as number)) return worker;
      this.#siftDown(0, worker, load);
    }
  }

  removeFirst(): void {
    const last = this.#workers.pop();
    const load = this.#loads.pop();
    if (last !== undefined && load !== undefined && this.#workers.length > 0) this.#siftDown(0, last, load);
  }

  /** Puts `worker` where it belongs, at `index` or below. */
  #siftDown(index: number, worker: W, load: number): void {
    const [workers, loads] = [this.#workers, this.#loads];
    const { length } = workers;
    for (let child = 2 * index + 1; child < length; child = 2 * index + 1) {
      if (child + 1 < length && (loads[child + 1] as number) < (loads[child] as number)) child += 1;
      if ((loads[child] as number) >= load) break;
      workers[index] = workers[child] as W;
      loads[index] = loads[child] as number;
      index = child;
    }
    workers[index] = worker;
    loads[index] = load;
  }
}

/** Tasks for each thread. */
export function loadOf(worker: WorkerRecord): number {
  return busyCount(worker) / worker.threads;
}
