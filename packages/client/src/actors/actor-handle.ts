import { ClientError } from '../errors.js';
import type { FutureHandle, FutureHost } from '../future-handle.js';
import { ACTOR, type ActorFacts, type ActorInfo } from './actor.js';
import type { ActorFuture } from './actor-future.js';

/** Whoever makes the calls of handles. */
export interface ActorCaller {
  call(handle: ActorHandle, member: string, args: readonly unknown[]): ActorFuture<unknown>;
  read(handle: ActorHandle, member: string): ActorFuture<unknown>;
}

/** Members that a handle never has: what has a `then` would be taken for a promise. */
const NEVER: ReadonlySet<string> = new Set(['then', 'constructor', '__proto__']);

/** The one implementation of {@link Actor}: an object with the members of the actor's, no proxy, so that it behaves as it looks. */
export class ActorHandle implements Disposable {
  readonly #future: FutureHandle<unknown>;
  readonly #facts: ActorFacts;

  constructor(caller: ActorCaller, future: FutureHandle<unknown>, facts: ActorFacts) {
    this.#future = future;
    this.#facts = facts;
    for (const name of facts.attributes) {
      if (!NEVER.has(name)) Object.defineProperty(this, name, { get: () => caller.read(this, name) });
    }
    for (const name of facts.methods) {
      if (NEVER.has(name)) continue;
      Object.defineProperty(this, name, { value: (...args: unknown[]) => caller.call(this, name, args) });
    }
  }

  /** What describes the actor. */
  get [ACTOR](): ActorFacts {
    return this.#facts;
  }

  [Symbol.dispose](): void {
    this.#future.release();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { className, worker } = this.#facts;
    return `<Actor: ${className}, ${this.#future.key} on ${worker}>`;
  }

  /** @internal What keeps the actor. */
  static futureOf(handle: ActorHandle): FutureHandle<unknown> {
    return handle.#future;
  }

  /** @internal Whether it is one of that client. */
  static isOf(handle: ActorHandle, host: FutureHost): boolean {
    return handle.#future.isOf(host);
  }
}

/**
 * Tells what a handle knows of its actor.
 *
 * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for what is no handle.
 */
export function actorInfo(actor: object): ActorInfo {
  if (!(actor instanceof ActorHandle))
    throw new ClientError('GRID_CLIENT_BAD_OPTION', 'what was given as an actor is none of this client package');
  const { worker, className, methods, attributes } = actor[ACTOR];
  return { key: ActorHandle.futureOf(actor).key, worker, className, methods, attributes };
}

/** What came with a handle, checked: workers may be of other versions, and code of users made it. */
export function checkFacts(facts: unknown): ActorFacts {
  const { id, worker, className, methods, attributes } = facts as Partial<ActorFacts>;
  if (
    typeof id === 'number' &&
    typeof worker === 'string' &&
    typeof className === 'string' &&
    areTexts(methods) &&
    areTexts(attributes)
  ) {
    return { id, worker, className, methods, attributes };
  }
  throw new ClientError('GRID_CLIENT_BAD_RESULT', 'what came as a handle of an actor is none');
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
