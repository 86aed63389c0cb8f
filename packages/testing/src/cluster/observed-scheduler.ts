import { SchedulerServer, type SchedulerOptions, type SchedulerParts } from '@grid/scheduler-core';
import type { LinkOutput, SchedulerState, Stimulus } from '@grid/scheduler-core/simulation';

/** Sees all that happens to a scheduler's core. */
export interface SchedulerObserver {
  /** It has come to be. */
  begin(output: LinkOutput): void;
  before(state: SchedulerState, stimulus: Stimulus): void;
  after(state: SchedulerState, stimulus: Stimulus): void;
  /** Whether the core is to be told this once more. */
  repeats(state: SchedulerState, stimulus: Stimulus): boolean;
  afterRepeat(state: SchedulerState, stimulus: Stimulus): void;
}

/** A scheduler whose core is watched. */
export class ObservedScheduler extends SchedulerServer {
  readonly #observer: SchedulerObserver;

  constructor(options: SchedulerOptions, parts: SchedulerParts, observer: SchedulerObserver) {
    super(options, parts);
    this.#observer = observer;
    observer.begin(this.output);
  }

  override stimulate(stimulus: Stimulus): void {
    // Nobody looks at half a step.
    if (this.isBroken) return super.stimulate(stimulus);
    this.#observer.before(this.state, stimulus);
    super.stimulate(stimulus);
    this.#observer.after(this.state, stimulus);
    if (!this.#observer.repeats(this.state, stimulus)) return;
    super.stimulate(stimulus);
    this.#observer.afterRepeat(this.state, stimulus);
  }
}
