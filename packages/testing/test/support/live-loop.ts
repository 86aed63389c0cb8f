import { Random } from '../../src/host/random.js';
import { SimLoop } from '../../src/host/sim-loop.js';
import { SimProcess } from '../../src/host/sim-process.js';
import { Trace } from '../../src/host/trace.js';

/** A loop for code that knows nothing of it: whatever is to happen next happens at once. */
export class LiveLoop {
  readonly loop: SimLoop;
  readonly #random = new Random(1);
  #isEnded = false;

  constructor() {
    const outside = new SimProcess('outside', { random: this.#random.fork('outside') });
    this.loop = new SimLoop(outside, { random: this.#random, trace: new Trace(0), nextTurn: setImmediate });
    void this.#run();
  }

  process(name: string): SimProcess {
    return new SimProcess(name, { random: this.#random.fork(name) });
  }

  random(name: string): Random {
    return this.#random.fork(name);
  }

  end(): void {
    this.#isEnded = true;
  }

  async #run(): Promise<void> {
    while (!this.#isEnded) {
      await this.loop.run({ isDone: () => this.#isEnded, eventsMax: Infinity, timeMax: Infinity });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
