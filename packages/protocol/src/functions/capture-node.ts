/** How one part of what is captured gets to a worker. */
export type WayToTravel =
  /** Its content is sent. */
  | 'value'
  /** The worker loads it for itself, from an installed package or from Node. */
  | 'reference'
  /** The worker has one of its own, such as `process.env`. */
  | 'global'
  /** It stands further up already, and is sent once. */
  | 'shared';

/** A function, class, variable or property in the tree of what is captured. Values are never part of it. */
export interface CaptureNode {
  /** The variable, or the way from the node above: `rows`, `.handlers.load`. Empty for functions without a name. */
  readonly name: string;
  /** What it is: `function`, `class Model`, `Float64Array(1000)`, `string`. */
  readonly type: string;
  readonly travels: WayToTravel;
  /** Where a function or class is written: `src/jobs.ts:41`. */
  readonly place?: string;
  /** What stands for it where it travels by reference: `lodash@4.17.21 sortBy`, `node:path join`. */
  readonly reference?: string;
  /** Bytes that are sent for it and all below it, the text of functions included. */
  readonly bytes: number;
  /** Why it cannot travel. Nothing behind it was looked at. */
  readonly problem?: string;
  readonly children: readonly CaptureNode[];
}

/** Why something cannot travel, and what to do about it. */
export interface CaptureProblem {
  /** Short name of the case, such as `HANDLE`. */
  readonly reason: string;
  /** The whole text of the error that sending it would give. */
  readonly message: string;
}

/** What of a value or function goes to a worker, and how. */
export interface CaptureFacts {
  readonly root: CaptureNode;
  /** Bytes of the whole message part, as long as there is no problem. */
  readonly bytes: number;
  /** Packages with their versions, and modules of Node, that workers load for themselves. */
  readonly references: readonly string[];
  /** Globals that are the worker's own: `console`, `process`. */
  readonly globals: readonly string[];
  /** Set if it cannot be sent. */
  readonly problem: CaptureProblem | undefined;
}
