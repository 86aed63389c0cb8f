import type { Frame } from './frame.js';

/** A function in a tree of calls, with the samples that ended in it. */
export interface TreeNode {
  readonly frame: Frame;
  /** Samples that found it at work, not what it had called. */
  count: number;
  /** The milliseconds that they stand for. */
  ms: number;
  children: Map<Frame, TreeNode> | null;
}

/** Beyond this depth calls are counted for the caller. */
const DEPTH_MAX = 256;

/** A tree of calls that grows while samples are put into it. Its frames come from one table. */
export class ProfileTree {
  readonly roots = new Map<Frame, TreeNode>();
  readonly #nodesMax: number;
  #nodeCount = 0;

  /** @param nodesMax - when it has so many, what is new is counted for its caller, or left out where it has none */
  constructor(nodesMax: number) {
    this.#nodesMax = nodesMax;
  }

  get nodeCount(): number {
    return this.#nodeCount;
  }

  /** The node of a call of `frame` by `parent`; `null`: by nobody. */
  childOf(parent: TreeNode | null, frame: Frame): TreeNode | null {
    const known = parent === null ? this.roots.get(frame) : parent.children?.get(frame);
    if (known !== undefined) return known;
    if (this.#nodeCount >= this.#nodesMax) return parent;
    this.#nodeCount += 1;
    const node: TreeNode = { frame, count: 0, ms: 0, children: null };
    if (parent === null) this.roots.set(frame, node);
    else (parent.children ??= new Map()).set(frame, node);
    return node;
  }

  /** Adds the samples of `other`; `same` gives the frames of this tree's table for those of the other's. */
  add(other: ProfileTree, same: (frame: Frame) => Frame): void {
    for (const root of other.roots.values()) this.#addBelow(null, root, same, 0);
  }

  #addBelow(parent: TreeNode | null, added: TreeNode, same: (frame: Frame) => Frame, depth: number): void {
    const node = depth >= DEPTH_MAX ? parent : this.childOf(parent, same(added.frame));
    if (node === null) return;
    node.count += added.count;
    node.ms += added.ms;
    for (const child of added.children?.values() ?? []) this.#addBelow(node, child, same, depth + 1);
  }
}
