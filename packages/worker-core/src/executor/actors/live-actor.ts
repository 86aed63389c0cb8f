import type { TaskContext } from '../task-context.js';

/** One call, as a thread takes it. */
export interface ActorCall {
  readonly line: number;
  readonly callId: number;
  readonly member: string;
  /** The member is read rather than called. */
  readonly isRead: boolean;
  readonly block: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly buffers: readonly Uint8Array[];
}

/** An actor that lives in this thread. */
export interface LiveActor {
  readonly id: number;
  readonly instance: object;
  /** What its code finds as its task: futures and locks of its methods are the actor's, and end with it. */
  readonly context: TaskContext;
  /** Calls behind one whose arguments are being loaded; `null`: there is none. */
  waiting: ActorCall[] | null;
}

/** Makes an actor out of a class, or has a function make it. */
export function makeActor(callable: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  return isClass(callable)
    ? Reflect.construct(callable as unknown as new (...args: unknown[]) => object, args)
    : Reflect.apply(callable, undefined, args);
}

function isClass(callable: (...args: unknown[]) => unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(callable));
}

/** @throws TypeError if the member is not there, or cannot be called */
export function useMember(actor: LiveActor, call: ActorCall, args: readonly unknown[]): unknown {
  const { instance } = actor;
  const { member } = call;
  const value: unknown = Reflect.get(instance, member);
  if (call.isRead) return value;
  if (typeof value !== 'function') throw new TypeError(`${actor.context.key} has no method '${member}'`);
  return Reflect.apply(value as (...args: unknown[]) => unknown, instance, args);
}
