import { keyPrefix } from '@grid/graph';
import { PrefixMarks, type PrefixMark } from '@grid/profiler';

import { CONTROL } from '../thread-messages.js';

/** In a thread: how user code is called so that a profile tells whose it is. */
export class TaskMarks {
  readonly #control: Int32Array;
  readonly #marks = new PrefixMarks();

  constructor(control: Int32Array) {
    this.#control = control;
  }

  /** Whether this thread is being profiled. */
  get isOn(): boolean {
    // Late by a moment does no harm, so the slower read in order is not needed.
    return this.#control[CONTROL.isProfiled] === 1;
  }

  of({ key }: { readonly key: string }): PrefixMark {
    return this.#marks.of(keyPrefix(key));
  }
}
