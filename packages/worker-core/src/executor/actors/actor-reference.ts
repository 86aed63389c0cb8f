import type { ActorFacts } from './actor-facts.js';

/** Marks handles of actors; what is found there describes the actor. Part of what client and worker agree on. */
const ACTOR = Symbol.for('grid.actor');

/** Stands for an actor in the result of the task that made it; whoever decodes it gets a handle. */
export class Actor {
  readonly key: string;
  readonly [ACTOR]: ActorFacts;

  constructor(key: string, facts: ActorFacts) {
    this.key = key;
    this[ACTOR] = facts;
  }
}
