import type { Connection, World } from './world.js';

/** One thing that a user does, and what must come of it. */
export interface Case {
  /** Begins with the number of the acceptance case. */
  readonly title: string;
  /** What is submitted; or `run`. */
  readonly fn?: unknown;
  readonly args?: readonly unknown[];
  /** What the function returns on the worker. */
  readonly expect?: unknown;
  /** Judges the result where the one to expect cannot be written down. */
  readonly check?: (result: never) => unknown;
  /** Judges the error that the task throws. */
  readonly thrown?: (error: Error, connection: Connection) => unknown;
  /** The reason for which it is refused; with `expect` either may come. */
  readonly refused?: string;
  /** What the text of the refusal says. */
  readonly says?: RegExp;
  /** Does more than to submit one function. Throws where something is not as it should be. */
  readonly run?: (world: World) => unknown;
}

/** The number that a title begins with. */
export function numberOf({ title }: Pick<Case, 'title'>): number {
  return Number.parseInt(title, 10);
}
