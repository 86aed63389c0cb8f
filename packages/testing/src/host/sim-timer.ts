import type { SimEvent } from './event-heap.js';
import type { SimLoop } from './sim-loop.js';
import type { SimProcess } from './sim-process.js';

/** Longer than this and a timer of Node fires at once. */
const MS_MAX = 2 ** 31 - 1;

/** What `setTimeout` and `setInterval` return. It belongs to the process that set it, and ends with it. */
export class SimTimer {
  readonly #loop: SimLoop;
  readonly #process: SimProcess;
  readonly #run: () => void;
  readonly #ms: number;
  readonly #isRepeated: boolean;
  readonly #origin: string | undefined;
  #event: SimEvent | undefined;

  constructor(loop: SimLoop, run: () => void, options: { readonly ms: number; readonly isRepeated: boolean }) {
    this.#loop = loop;
    this.#process = loop.current;
    this.#run = run;
    this.#ms = options.ms >= 1 && options.ms <= MS_MAX ? options.ms : 1;
    this.#isRepeated = options.isRepeated;
    this.#origin = loop.trace.isDetailed ? new TypeError('set').stack : undefined;
    this.#start();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.close();
    this.#start();
    return this;
  }

  close(): this {
    if (this.#event !== undefined) this.#event.isCancelled = true;
    this.#event = undefined;
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #start(): void {
    this.#event = this.#loop.after(this.#process, this.#ms, 'timer', () => {
      this.#event = undefined;
      if (this.#isRepeated) this.#start();
      this.#run();
    });
    if (this.#origin !== undefined) this.#event.origin = this.#origin;
  }
}
