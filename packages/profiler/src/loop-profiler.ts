import type { Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';

import { messageOf } from '@grid/common';

import { FORGET_OPTIMIZED, mayForgetOptimized } from './forget-optimized.js';
import { ProfileHistory, type ProfileQuery } from './profile-history.js';
import type { ProfileTree } from './profile-tree.js';
import { PROFILING_DEFAULTS, type ProfilingOptions } from './profiling-options.js';
import { readProfile, type SampleRules } from './read-profile.js';
import type { V8Profile } from './v8-profile.js';

/** The types of Node leave out what only does something while an inspector is there. */
interface InspectorConsole {
  profile(name: string): void;
  profileEnd(name: string): void;
}

/** What is open while it samples. */
interface OpenSession {
  /** The engine's own console, which sessions hear. */
  readonly console: InspectorConsole;
  readonly session: Session;
}

/** All that the loop does is of one kind. */
const RULES: SampleRules = { markOf: () => undefined, prefixOf: () => '' };

/** Samples of one piece are kept by V8 until it ends. Milliseconds. */
const PIECE_MS = 10_000;

/** Who asks first gets what is sampled from then on for so many milliseconds. */
const FIRST_MS = 1000;

/** Sampling ends when nobody has asked for so many milliseconds. */
const KEEP_MS = 600_000;

let ofProcess: LoopProfiler | undefined;

/**
 * Samples the thread that it is in: the event loop of a server, or of several that share a process.
 *
 * To begin takes V8 as long as it takes to go through the heap for code. To begin once more while it samples takes it nothing,
 * so each piece begins before the one before it ends.
 */
export class LoopProfiler {
  readonly #options: ProfilingOptions;
  readonly #history: ProfileHistory;
  #open: OpenSession | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pieces = 0;
  #askedAt = 0;
  #finished: V8Profile | undefined;
  #problem = '';

  /** The one of this process: servers that share an event loop share it, too. */
  static ofProcess(): LoopProfiler {
    ofProcess ??= new LoopProfiler();
    return ofProcess;
  }

  constructor(options: ProfilingOptions = PROFILING_DEFAULTS) {
    this.#options = options;
    this.#history = new ProfileHistory({ cycleMs: options.cycleMs });
  }

  get isOn(): boolean {
    return this.#open !== undefined;
  }

  /** Why it cannot sample although it was started; else empty. */
  get problem(): string {
    return this.#problem;
  }

  /** Begins to sample; without effect if it does already. */
  async start(): Promise<void> {
    if (this.isOn) return;
    try {
      // Loaded here and not above: it is not there in every build of Node, and forbidden under the permission model.
      const inspector = await import('node:inspector');
      if (this.isOn) return;
      const session = new inspector.Session();
      session.connect();
      session.on('Profiler.consoleProfileFinished', ({ params }) => {
        this.#finished = params.profile as V8Profile;
      });
      session.post('Profiler.enable');
      session.post('Profiler.setSamplingInterval', { interval: this.#options.intervalMs * 1000 });
      const console = inspector.console as unknown as InspectorConsole;
      this.#open = { console, session };
      this.#problem = '';
      this.#begin(console);
      if (mayForgetOptimized()) for (const [method, params] of FORGET_OPTIMIZED) session.post(method, params);
      this.#timer = setInterval(() => this.#onTimer(), PIECE_MS).unref();
    } catch (error) {
      this.#problem = messageOf(error);
    }
  }

  /** What was sampled up to now. Whoever asks first begins it, and waits for a second. */
  async read(query: ProfileQuery): Promise<Map<string, ProfileTree>> {
    this.#askedAt = performance.now();
    if (!this.isOn) {
      await this.start();
      await new Promise((resolve) => setTimeout(resolve, FIRST_MS));
    }
    this.#take();
    return this.#history.read(query);
  }

  /** Ends sampling; what was sampled stays. */
  stop(): void {
    this.#take();
    clearInterval(this.#timer);
    this.#open?.session.disconnect();
    this.#open = undefined;
  }

  #onTimer(): void {
    if (performance.now() - this.#askedAt > KEEP_MS) this.stop();
    else this.#take();
  }

  #begin(console: InspectorConsole): void {
    this.#pieces += 1;
    console.profile(String(this.#pieces));
  }

  #take(): void {
    if (this.#open === undefined) return;
    const { console } = this.#open;
    const ending = String(this.#pieces);
    this.#begin(console);
    this.#finished = undefined;
    console.profileEnd(ending);
    const profile = this.#finished as V8Profile | undefined;
    if (profile === undefined) return;
    const { frames } = this.#history;
    const startedAt = performance.timeOrigin + performance.now() - (profile.endTime - profile.startTime) / 1000;
    this.#history.add(readProfile(profile, { frames, startedAt, cycleMs: this.#options.cycleMs }, RULES));
  }
}
