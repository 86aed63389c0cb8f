import { randomUUID } from 'node:crypto';

import { checkName } from '../check-arguments.js';
import { findPlace, type PlaceOwner } from './meeting-place.js';
import type { MeetingPlace } from './place.js';

/** How something with a name is found. */
export interface NamedOptions {
  /**
   * The client over which to find it. Default: within a task, the task's own worker; else the client of this process that
   * was connected last.
   */
  readonly client?: PlaceOwner;
}

/**
 * Something with a name, kept by the scheduler: whoever says the same name means the same thing. An object of it is only
 * a way to find it; it may travel in arguments and closures, and costs nothing until it is used.
 */
export abstract class Named {
  /** What others find it by. */
  readonly name: string;
  readonly #client: PlaceOwner | undefined;

  /** @param name - Default: one that nobody else has. */
  constructor(name: string | undefined, { client }: NamedOptions) {
    if (name !== undefined) checkName(name);
    this.name = name ?? randomUUID();
    this.#client = client;
  }

  /** Looked for at each use: the same object may be used within a task and outside. */
  protected get place(): MeetingPlace {
    return findPlace(this.#client);
  }
}
