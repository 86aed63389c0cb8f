import {
  markedPrefix,
  readProfile,
  ThreadSampling,
  type Frame,
  type KnownFunctions,
  type ProfileHistory,
  type ProfilingOptions,
  type TimedProfile,
} from '@grid/profiler';

import type { PoolThread } from '../pool-thread.js';
import type { ThreadLine } from '../thread-line.js';
import { OpenPrefixes } from './open-prefixes.js';

/** Looks at a thread that had nothing to do after which it is left alone: an idle worker is to cost nothing. */
const IDLE_LOOKS_MAX = 10;

/** The folder of this code: a thread's own frames come from there. */
const OWN_FOLDER = new URL('.', import.meta.url).href;

/** What the profiles of all threads of a pool are put together from. */
export interface SharedProfile {
  readonly options: ProfilingOptions;
  readonly history: ProfileHistory;
  readonly known: KnownFunctions;
}

/** One thread of the pool, and the profile of it that is under way. */
export class ProfiledThread {
  readonly open = new OpenPrefixes();
  readonly #thread: PoolThread;
  readonly #shared: SharedProfile;
  readonly #sampling: ThreadSampling;
  #heardCount = -1;
  #idleLooks = 0;

  constructor(thread: PoolThread, line: ThreadLine, shared: SharedProfile) {
    this.#thread = thread;
    this.#shared = shared;
    // Node ends the whole process where something is said to the inspector of a thread that is about to be gone.
    const ask = async (method: string, params?: object): Promise<object | null> =>
      thread.isEnding ? null : line.ask(method, params);
    this.#sampling = new ThreadSampling({ ask });
  }

  /** Begins or ends sampling, by whether the thread has something to do, and takes what was sampled when it is time to. */
  async look(): Promise<void> {
    const { runs, actorCount, heardCount } = this.#thread;
    const wasBusy = runs.size > 0 || actorCount > 0 || heardCount !== this.#heardCount;
    this.#heardCount = heardCount;
    this.#idleLooks = wasBusy ? 0 : this.#idleLooks + 1;
    if (!this.#sampling.isOn) {
      if (!wasBusy) return;
      await this.#sampling.start(this.#shared.options.intervalMs);
    } else if (this.#idleLooks >= IDLE_LOOKS_MAX) await this.take(true);
    else if (this.#sampling.isDue) await this.take();
  }

  /** Takes what was sampled. */
  async take(isLast = false): Promise<void> {
    const piece = await this.#sampling.take(isLast);
    if (piece !== null) this.#add(piece);
  }

  #add({ startedAt, profile }: TimedProfile): void {
    const { history, known, options } = this.#shared;
    const { frames } = history;
    const open = this.open.take(this.#thread);
    const cycles = readProfile(
      profile,
      { frames, startedAt, cycleMs: options.cycleMs },
      {
        markOf: markedPrefix,
        // A task that began before the thread was sampled has no mark either.
        prefixOf: (frame) => (isOfUser(frame) ? known.prefixOf(frame, open) : undefined),
        onMarked: (frame, prefix) => known.note(frame, prefix),
      },
    );
    history.add(cycles);
  }
}

/** Whether a function is neither of this library nor of Node, whose own work is none of a task's. */
function isOfUser({ url, line }: Frame): boolean {
  const isOfEngine = (url === '' && line === 0) || url.startsWith('node:');
  return !isOfEngine && !url.startsWith(OWN_FOLDER) && !url.includes('/node_modules/@grid/');
}
