import type { AsyncLocalStorage } from 'node:async_hooks';

import { needsPreparation, payloadHasFutures, ValueDecoder } from '@grid/protocol';

import type { CodeLoader } from '../code-loader.js';
import { isThenable } from '../is-thenable.js';
import type { TaskMarks } from '../profiler/task-marks.js';
import { TaskContext, type TaskContextParts } from '../task-context.js';
import type { TaskLines } from '../task-lines.js';
import type { TaskThread } from '../task-thread.js';
import { describeActor } from './actor-facts.js';
import { abandonedError, lostActorError } from './actor-loss.js';
import { ownerOfActor, type ActorAnswersMessage, type ActorToThread } from './actor-messages.js';
import { Actor } from './actor-reference.js';
import { AnswerBook } from './answer-book.js';
import { CallInbox } from './call-inbox.js';
import { useMember, type ActorCall, type LiveActor } from './live-actor.js';

/** Calls are taken for so many milliseconds, then promises that have settled meanwhile get their turn. */
const TURN_MS = 2;

const NO_ARGUMENTS: readonly unknown[] = [];

/** What a host needs of the thread that it is in. */
export interface ActorHostParts {
  readonly code: CodeLoader;
  readonly thread: TaskThread;
  readonly lines: TaskLines;
  readonly storage: AsyncLocalStorage<TaskContext>;
  readonly marks: TaskMarks;
  readonly workerAddress: string;
  post(message: ActorAnswersMessage): void;
  /** An actor is gone: what its code has opened ends with it. */
  onEnded(context: TaskContext): void;
}

/**
 * The actors of a thread. Calls are taken in the order in which they came; one that returns a promise leaves the thread to
 * others meanwhile, of the same actor as well. A call whose arguments have to be loaded holds back those of its actor
 * that are behind it.
 */
export class ActorHost {
  readonly #parts: ActorHostParts;
  readonly #actors = new Map<number, LiveActor>();
  /** Being made, by the context of the task that makes it; and those among them that nobody wants any more. */
  readonly #making = new WeakMap<TaskContext, number>();
  readonly #unwanted = new Set<number>();
  readonly #inbox = new CallInbox();
  readonly #decoder = new ValueDecoder();
  readonly #answers: AnswerBook;
  #isTurnDue = false;
  readonly #turn = (): void => {
    this.#isTurnDue = false;
    this.#run();
  };

  constructor(parts: ActorHostParts) {
    this.#parts = parts;
    this.#answers = new AnswerBook(parts.code.encoder, parts.thread, (message) => parts.post(message));
  }

  /** The context in which an actor is made, and later lives. */
  contextFor(
    actorId: number,
    task: { readonly taskId: number; readonly start: number },
    keyOf: () => string,
    parts: TaskContextParts,
  ): TaskContext {
    const { lines } = this.#parts;
    const context = new TaskContext(task, keyOf, {
      ...parts,
      // It has no slot that others could have.
      onSecede: () => {},
      onRejoin: (self) => self.takeSlot(),
      openLine: (_, onAnswer) => lines.open(ownerOfActor(actorId), onAnswer),
    });
    this.#making.set(context, actorId);
    return context;
  }

  /** The object is there: what stands for it in the result of its task. @throws TypeError if it is none */
  adopt(context: TaskContext, made: unknown): Actor {
    const id = this.#making.get(context) as number;
    if (typeof made !== 'object' || made === null)
      throw new TypeError(`an actor is an object, and ${context.key} made ${made === null ? 'null' : typeof made}`);
    this.#making.delete(context);
    if (this.#unwanted.delete(id)) this.#end(id, context);
    else this.#actors.set(id, { id, instance: made, context, waiting: null });
    return new Actor(context.key, describeActor(made, { id, worker: this.#parts.workerAddress }));
  }

  receive(message: ActorToThread): void {
    switch (message.kind) {
      case 'actor-calls':
        this.#inbox.add(message);
        if (!this.#isTurnDue) this.#run();
        return;
      case 'actor-abandon':
        this.#inbox.abandon(message);
        return;
      case 'actor-confirm':
        if (message.callIds === null) this.#inbox.endLine(message.line);
        this.#answers.confirm(message.line, message.callIds);
        return;
      case 'actor-drop': {
        const actor = this.#actors.get(message.actorId);
        if (actor === undefined) this.#unwanted.add(message.actorId);
        else this.#end(actor.id, actor.context);
        return;
      }
    }
  }

  /** A task that was to make an actor has failed. */
  giveUp(context: TaskContext): void {
    const id = this.#making.get(context);
    if (id !== undefined) this.#unwanted.delete(id);
    this.#making.delete(context);
  }

  #end(id: number, context: TaskContext): void {
    this.#actors.delete(id);
    this.#parts.lines.end(ownerOfActor(id));
    this.#parts.onEnded(context);
  }

  #run(): void {
    const start = performance.now();
    for (let taken = this.#inbox.take(); taken !== undefined; taken = this.#inbox.take()) {
      const { actorId, call, isAbandoned } = taken;
      const actor = this.#actors.get(actorId);
      if (isAbandoned) this.#answers.fail(call, abandonedError(call.member));
      else if (actor === undefined) this.#answers.fail(call, lostActorError(this.#parts.workerAddress));
      else if (actor.waiting === null) this.#take(actor, call);
      else actor.waiting.push(call);
      if (!this.#inbox.isEmpty && performance.now() - start > TURN_MS) {
        this.#isTurnDue = true;
        setImmediate(this.#turn);
        break;
      }
    }
    this.#answers.flush();
  }

  #take(actor: LiveActor, call: ActorCall): void {
    const payload = { body: call.block.subarray(call.start, call.end), buffers: call.buffers };
    if (call.start === call.end) this.#call(actor, call, NO_ARGUMENTS);
    else if (needsPreparation(payload) || payloadHasFutures(payload)) void this.#prepareAndCall(actor, call);
    else this.#decodeAndCall(actor, call);
  }

  #decodeAndCall(actor: LiveActor, call: ActorCall): void {
    let args: readonly unknown[];
    try {
      args = this.#decode(actor, call);
    } catch (error) {
      this.#answers.fail(call, error);
      return;
    }
    this.#call(actor, call, args);
  }

  async #prepareAndCall(actor: LiveActor, call: ActorCall): Promise<void> {
    const { code, thread } = this.#parts;
    const payload = { body: call.block.subarray(call.start, call.end), buffers: call.buffers };
    actor.waiting = [];
    try {
      if (payloadHasFutures(payload)) await thread.ensureClient();
      await code.prepare(payload);
      const args = this.#decode(actor, call);
      // Who calls lets go of the futures in the arguments when this is answered.
      if (payloadHasFutures(payload)) await thread.flush();
      if (this.#actors.get(actor.id) === actor) this.#call(actor, call, args);
      else this.#answers.fail(call, lostActorError(this.#parts.workerAddress));
    } catch (error) {
      this.#answers.fail(call, error);
    }
    this.#takeWaiting(actor);
    this.#answers.flush();
  }

  #takeWaiting(actor: LiveActor): void {
    const waiting = actor.waiting ?? [];
    actor.waiting = null;
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      if (this.#actors.get(actor.id) === actor) this.#take(actor, call);
      else this.#answers.fail(call, lostActorError(this.#parts.workerAddress));
      // That one has to be loaded as well: the rest goes behind it.
      if (this.#isHeldBack(actor)) {
        actor.waiting = waiting;
        return;
      }
    }
  }

  /** Changes under `#take`, which the compiler does not assume. */
  #isHeldBack({ waiting }: LiveActor): boolean {
    return waiting !== null;
  }

  #decode(actor: LiveActor, { block, start, end, buffers }: ActorCall): readonly unknown[] {
    const { code, thread } = this.#parts;
    const args = this.#decoder.decodeAt(block, start, end, buffers, {
      code: code.decoder,
      futureOf: (key, facts) => thread.futureOf(key, actor.context, facts),
    });
    if (Array.isArray(args)) return args as unknown[];
    throw new TypeError('the arguments of a call are not a tuple');
  }

  #call(actor: LiveActor, call: ActorCall, args: readonly unknown[]): void {
    let result: unknown;
    try {
      const { storage, marks } = this.#parts;
      result = marks.isOn
        ? storage.run(actor.context, marks.of(actor.context), () => useMember(actor, call, args), NO_ARGUMENTS)
        : storage.run(actor.context, useMember, actor, call, args);
    } catch (error) {
      this.#answers.fail(call, error);
      return;
    }
    if (!isThenable(result)) {
      this.#answers.succeed(call, result);
      return;
    }
    Promise.resolve(result).then(
      (value: unknown) => {
        this.#answers.succeed(call, value);
        this.#answers.flushSoon();
      },
      (error: unknown) => {
        this.#answers.fail(call, error);
        this.#answers.flushSoon();
      },
    );
  }
}
