import type { CaptureFacts, CaptureNode, CaptureProblem } from './capture-node.js';
import { printReport } from './print-report.js';

/** What of a value or function goes to a worker, and how. Prints itself as a tree. */
export class CaptureReport implements CaptureFacts {
  readonly root: CaptureNode;
  /** Bytes of the whole message part, as long as there is no problem. */
  readonly bytes: number;
  /** Packages with their versions, and modules of Node, that workers load for themselves. */
  readonly references: readonly string[];
  /** Globals that are the worker's own: `console`, `process`. */
  readonly globals: readonly string[];
  /** Set if it cannot be sent. */
  readonly problem: CaptureProblem | undefined;

  constructor(parts: CaptureFacts) {
    this.root = parts.root;
    this.bytes = parts.bytes;
    this.references = parts.references;
    this.globals = parts.globals;
    this.problem = parts.problem;
  }

  /** The tree with sizes, for people. */
  toString(): string {
    return printReport(this);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
