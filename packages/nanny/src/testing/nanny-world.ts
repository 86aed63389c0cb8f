import { handleStimulus } from '../core/handle-stimulus.js';
import type { NannyEffects } from '../core/effects.js';
import { NANNY_LIMITS, type NannyLimits } from '../core/nanny-limits.js';
import { createNannyState, type NannyState } from '../core/nanny-state.js';
import type { NannyStimulus } from '../core/stimulus.js';
import type { ProcessExit, WorkerExit } from '../core/worker-exit.js';

type WithoutTime<S> = S extends { readonly at: number } ? Omit<S, 'at'> : never;

/** A nanny's core, what it had done, and a clock that a test moves. */
export class NannyWorld {
  readonly state: NannyState;
  now = 0;
  /** What was asked of the shell since the last {@link NannyWorld.take}. */
  #effects: string[] = [];
  readonly exits: WorkerExit[] = [];
  readonly pauses: number[] = [];
  #wakeAt: number | null = null;
  #diedAt = 0;
  isAlive = false;
  isReady = false;

  constructor(limits: Partial<NannyLimits> = {}) {
    this.state = createNannyState({ ...NANNY_LIMITS, ...limits });
  }

  get wakeAt(): number | null {
    return this.#wakeAt;
  }

  /** Effects since the last call. */
  take(): string[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  give(stimulus: WithoutTime<NannyStimulus>): string[] {
    handleStimulus(this.state, { ...stimulus, at: this.now }, this.#effectsPort());
    return this.take();
  }

  ready(): string[] {
    this.isReady = true;
    return this.give({ type: 'worker-ready' });
  }

  die(exit: Partial<ProcessExit>): string[] {
    this.isAlive = false;
    this.isReady = false;
    this.#diedAt = this.now;
    return this.give({ type: 'worker-exited', code: null, signal: null, ...exit });
  }

  /** Lets time pass; timers that come due meanwhile fire. */
  pass(ms: number): string[] {
    const end = this.now + ms;
    const seen: string[] = [];
    while (this.#wakeAt !== null && this.#wakeAt <= end) {
      this.now = Math.max(this.now, this.#wakeAt);
      this.#wakeAt = null;
      seen.push(...this.give({ type: 'timer' }));
    }
    this.now = end;
    return seen;
  }

  #effectsPort(): NannyEffects {
    const note = (text: string): void => void this.#effects.push(text);
    return {
      spawn: () => {
        if (this.isAlive) throw new RangeError('a second process was started');
        this.isAlive = true;
        this.pauses.push(this.now - this.#diedAt);
        note('spawn');
      },
      ask: (why) => note(`ask ${why}`),
      signal: (signal) => note(signal),
      wakeAt: (at) => {
        this.#wakeAt = at;
      },
      workerEnding: (why) => note(`ending ${why}`),
      workerExited: (exit) => {
        this.exits.push(exit);
        note(`exited ${exit.cause}`);
      },
      restartEnded: (outcome) => note(outcome),
      closed: (code) => note(`closed ${String(code)}`),
    };
  }
}
