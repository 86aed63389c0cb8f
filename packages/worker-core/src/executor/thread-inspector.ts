import type { Session } from 'node:inspector';

import { createDeferred, messageOf } from '@grid/common';

import { ThreadLine, threadIdOf } from './thread-line.js';

/** Where a thread is in its code. */
export interface ThreadStack {
  /** The task whose code it is, also where that goes on after an `await`; `null`: of none. */
  readonly taskId: number | null;
  /** Frames as in the stack of an error, the innermost first. */
  readonly frames: string;
}

/** A stack for each thread that runs JavaScript; why there is none at all, if the inspector is not to be had. */
interface StacksRead {
  readonly stacks: ReadonlyMap<number, ThreadStack>;
  readonly problem: string;
}

interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
}

interface PausedEvent {
  readonly callFrames?: readonly CallFrame[];
}

/** What came of an expression. */
interface Evaluated {
  readonly result?: { readonly value?: unknown };
}

/** A thread that runs nothing does not stop; nor does one in native code that lets nothing through. A busy machine takes long. Milliseconds. */
const PAUSE_TIMEOUT_MS = 750;

/** All threads together take no longer than this; more than once to stop and once to let go. Milliseconds. */
const READ_TIMEOUT_MS = 2500;

/** The task whose code runs, and its stack as the engine writes it, over awaits too. The two innermost frames are these. */
const LOOK_AROUND = `JSON.stringify([
  globalThis[Symbol.for('grid.task-context')]?.getStore()?.taskId ?? null,
  (() => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 100;
    try {
      return String(new Error().stack);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  })(),
])`;

/**
 * Stops threads for a moment and reads where they are, whatever they do: also in a loop without an end, and while they
 * wait in native code that can be interrupted. Opens no port.
 */
export class ThreadInspector {
  /** Reads that have not begun, by their threads: whoever asks the same meanwhile shares them. */
  readonly #waiting = new Map<string, Promise<StacksRead>>();
  #last: Promise<unknown> = Promise.resolve();
  readonly #isEnding: (threadId: number) => boolean;

  /**
   * @param isEnding - Whether a thread is being ended, or gone. Nothing is said to it then: Node ends the whole process where
   * a message meets the inspector of a thread whose engine is just gone.
   */
  constructor(isEnding: (threadId: number) => boolean) {
    this.#isEnding = isEnding;
  }

  /**
   * @param threadIds - of `node:worker_threads`
   */
  async read(threadIds: readonly number[]): Promise<StacksRead> {
    const asked = threadIds.join();
    const waiting = this.#waiting.get(asked);
    if (waiting !== undefined) return waiting;
    // One after the other: two at a time would let go of threads that the other one holds.
    const turn = this.#last.then(() => {
      this.#waiting.delete(asked);
      return readStacks(threadIds, this.#isEnding);
    });
    this.#waiting.set(asked, turn);
    this.#last = turn;
    return turn;
  }
}

async function readStacks(threadIds: readonly number[], isEnding: (threadId: number) => boolean): Promise<StacksRead> {
  const stacks = new Map<number, ThreadStack>();
  if (threadIds.length === 0) return { stacks, problem: '' };
  let session: Session | undefined;
  try {
    // Loaded here and not above: it is not there in every build of Node, and forbidden under the permission model.
    const inspector = await import('node:inspector');
    session = new inspector.Session();
    session.connect();
    await readWith(session, { wanted: new Set(threadIds), isEnding }, stacks);
    return { stacks, problem: '' };
  } catch (error) {
    return { stacks, problem: messageOf(error) };
  } finally {
    session?.disconnect();
  }
}

async function readWith(
  session: Session,
  { wanted, isEnding }: { readonly wanted: ReadonlySet<number>; readonly isEnding: (threadId: number) => boolean },
  stacks: Map<number, ThreadStack>,
): Promise<void> {
  const threads = new Map<string, ThreadSession>();
  const reads = new Map(Array.from(wanted, (threadId) => [threadId, createDeferred<unknown>()]));
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    const threadId = threadIdOf(workerInfo.title);
    const read = reads.get(threadId);
    if (read === undefined) return;
    const thread = new ThreadSession(session, sessionId, () => isEnding(threadId));
    threads.set(sessionId, thread);
    read.resolve(
      thread.read().then((stack) => {
        if (stack !== null) stacks.set(threadId, stack);
      }),
    );
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    threads.get(params.sessionId)?.line.receive(params.message);
  });
  await new Promise<void>((resolve, reject) => {
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  // A thread that has ended meanwhile is never attached to.
  await withinTime(Promise.all(Array.from(reads.values(), ({ promise }) => promise)), READ_TIMEOUT_MS);
  await new Promise<void>((resolve) => session.post('NodeWorker.disable', () => resolve()));
}

/** Stops one thread and looks where it is. */
class ThreadSession {
  readonly line: ThreadLine;
  readonly #isEnding: () => boolean;
  #onPaused: (frames: readonly CallFrame[]) => void = () => {};

  constructor(session: Session, sessionId: string, isEnding: () => boolean) {
    this.#isEnding = isEnding;
    this.line = new ThreadLine(session, sessionId, (method, params) => {
      if (method === 'Debugger.paused') this.#onPaused((params as PausedEvent).callFrames ?? []);
    });
  }

  /** `null`: the thread runs no code. */
  async read(): Promise<ThreadStack | null> {
    const paused = new Promise<readonly CallFrame[]>((resolve) => {
      this.#onPaused = resolve;
    });
    void this.#ask('Debugger.enable');
    void this.#ask('Debugger.pause');
    const frames = await withinTime(paused, PAUSE_TIMEOUT_MS);
    const stack = frames === null ? null : await this.#look(frames);
    // A session that leaves while another one holds the thread would let it go: this one has no part in that any more.
    await withinTime(this.#ask('Debugger.disable'), PAUSE_TIMEOUT_MS);
    return stack;
  }

  async #ask(method: string, params: object = {}): Promise<object | null> {
    return this.#isEnding() ? null : this.line.ask(method, params);
  }

  /** The thread stands still meanwhile: it takes some milliseconds. */
  async #look(frames: readonly CallFrame[]): Promise<ThreadStack> {
    const [top] = frames;
    const looked = (await this.#ask('Debugger.evaluateOnCallFrame', {
      callFrameId: top?.callFrameId ?? '',
      expression: LOOK_AROUND,
      returnByValue: true,
      silent: true,
    })) as Evaluated | null;
    void this.#ask('Debugger.resume');
    return stackOf(frames, looked?.result?.value);
  }
}

const OWN_FRAMES = 2;

async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

function stackOf(frames: readonly CallFrame[], looked: unknown): ThreadStack {
  if (typeof looked !== 'string') {
    // Code may run before a thread is set up; then there are names, and no places.
    return { taskId: null, frames: frames.map(({ functionName }) => `    at ${functionName}`).join('\n') };
  }
  const [taskId, stack] = JSON.parse(looked) as [number | null, string];
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return { taskId, frames: lines.slice(OWN_FRAMES).join('\n') };
}
