import type { Session } from 'node:inspector';

import { messageOf } from '@grid/common';
import {
  KnownFunctions,
  ProfileHistory,
  type ProfileQuery,
  type ProfileTree,
  type ProfilingOptions,
} from '@grid/profiler';

import type { PoolThread, Run } from '../pool-thread.js';
import { ThreadLine, threadIdOf } from '../thread-line.js';
import { CONTROL } from '../thread-messages.js';
import { ProfiledThread, type SharedProfile } from './profiled-thread.js';

/** Who asks waits no longer for a thread that is in native code and cannot answer. Milliseconds. */
const READ_TIMEOUT_MS = 2000;

/** Whether there is something to be sampled is looked at so often. Milliseconds. */
const LOOK_MS = 1000;

/** Who asks first gets what is sampled from then on for so many milliseconds. */
const FIRST_MS = 1000;

/** Sampling that was begun by a question ends when nobody has asked for so many milliseconds. */
const KEEP_MS = 600_000;

/** A thread as the inspector knows it. */
interface AttachedThread {
  readonly threadId: number;
  readonly line: ThreadLine;
}

/**
 * Samples what the threads of a pool do, from outside: also a thread in a loop without an end. A thread that has had nothing
 * to do for a while is left alone until it has.
 */
export class ThreadProfiler {
  /** All threads that may run something now. */
  readonly #pool: () => Iterable<PoolThread>;
  readonly #attached = new Map<string, AttachedThread>();
  /** By Node's numbers of threads. */
  readonly #threads = new Map<number, ProfiledThread>();
  #shared: SharedProfile | undefined;
  #session: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  #problem = '';
  /** It was begun by a question, and ends when no more are asked. */
  #isOnDemand = false;
  #askedAt = 0;

  constructor(pool: () => Iterable<PoolThread>) {
    this.#pool = pool;
  }

  get isOn(): boolean {
    return this.#session !== undefined;
  }

  /** Why there is nothing; else empty. */
  get problem(): string {
    return this.#hasThreads ? this.#problem : 'its tasks run on the event loop that moves messages, not in threads';
  }

  /** Begins to sample, for good; without effect if it does already. @returns why it cannot; else empty */
  async start(options: ProfilingOptions): Promise<string> {
    this.#isOnDemand = false;
    return this.#begin(options);
  }

  /**
   * What was sampled up to now, by prefix; what cannot be told to belong to one is under an empty one. Whoever asks first
   * begins it, and waits for a second.
   */
  async read(query: ProfileQuery, options: ProfilingOptions): Promise<ReadonlyMap<string, ProfileTree>> {
    this.#askedAt = performance.now();
    if (!this.isOn) {
      this.#isOnDemand = true;
      await this.#begin(options);
      if (this.isOn) await new Promise((resolve) => setTimeout(resolve, FIRST_MS));
    }
    const taken = Promise.all(Array.from(this.#threads.values(), (thread) => thread.take()));
    await withinTime(taken, READ_TIMEOUT_MS);
    return this.#shared?.history.read(query) ?? new Map<string, ProfileTree>();
  }

  async #begin(options: ProfilingOptions): Promise<string> {
    if (this.isOn || !this.#hasThreads) return '';
    try {
      // Loaded here and not above: it is not there in every build of Node, and forbidden under the permission model.
      const inspector = await import('node:inspector');
      const session = new inspector.Session();
      session.connect();
      this.#session = session;
    } catch (error) {
      this.#problem = messageOf(error);
      return this.#problem;
    }
    // What was sampled before stays.
    this.#shared ??= {
      options,
      history: new ProfileHistory({ cycleMs: options.cycleMs }),
      known: new KnownFunctions(),
    };
    this.#attach(this.#session);
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
    return '';
  }

  /** Ends sampling; what was sampled stays. */
  stop(): void {
    clearInterval(this.#timer);
    this.#mark(0);
    this.#session?.disconnect();
    this.#session = undefined;
    for (const { line } of this.#attached.values()) line.end();
    this.#attached.clear();
    this.#threads.clear();
  }

  /** A task waits for a promise. */
  onSuspended(thread: PoolThread, run: Run): void {
    if (this.#session !== undefined) this.#threads.get(thread.link?.threadId ?? -1)?.open.onSuspended(run);
  }

  get #hasThreads(): boolean {
    for (const { link } of this.#pool()) if (link?.threadId === undefined) return false;
    return true;
  }

  #attach(session: Session): void {
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      const line = new ThreadLine(session, sessionId, () => {});
      this.#attached.set(sessionId, { threadId: threadIdOf(workerInfo.title), line });
    });
    session.on('NodeWorker.detachedFromWorker', ({ params: { sessionId } }) => {
      const gone = this.#attached.get(sessionId);
      if (gone === undefined) return;
      gone.line.end();
      this.#attached.delete(sessionId);
      this.#threads.delete(gone.threadId);
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
      this.#attached.get(sessionId)?.line.receive(message);
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  /** Sees who has something to do now. */
  #look(): void {
    if (this.#isOnDemand && performance.now() - this.#askedAt > KEEP_MS) {
      this.stop();
      return;
    }
    // There may be new ones.
    this.#mark(1);
    for (const thread of this.#pool()) void this.#profiled(thread)?.look();
  }

  /** Whether calls of user code are to say whose they are. */
  #mark(isProfiled: 0 | 1): void {
    for (const { control } of this.#pool()) Atomics.store(control, CONTROL.isProfiled, isProfiled);
  }

  #profiled(thread: PoolThread): ProfiledThread | undefined {
    const threadId = thread.link?.threadId;
    if (threadId === undefined || this.#shared === undefined) return undefined;
    const known = this.#threads.get(threadId);
    if (known !== undefined) return known;
    const attached = [...this.#attached.values()].find((one) => one.threadId === threadId);
    if (attached === undefined) return undefined;
    const profiled = new ProfiledThread(thread, attached.line, this.#shared);
    this.#threads.set(threadId, profiled);
    return profiled;
  }
}

async function withinTime(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
