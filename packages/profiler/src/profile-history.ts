import { FrameTable } from './frame.js';
import { ProfileTree } from './profile-tree.js';
import type { ProfileCycle } from './read-profile.js';

/** Which samples are wanted. */
export interface ProfileQuery {
  /** Only of these; `null`: of all. */
  readonly prefixes: ReadonlySet<string> | null;
  /** Milliseconds since the epoch. Whole cycles are taken, also those that begin or end beyond. */
  readonly from: number;
  readonly to: number;
}

export interface ProfileHistoryOptions {
  /** Times can be told apart by so many milliseconds. */
  readonly cycleMs: number;
  /** Of all trees together; the oldest go first. @defaultValue 200 000 */
  readonly nodesMax?: number;
}

/** Within one cycle more prefixes than this are counted as one without a name. */
const PREFIXES_MAX = 1000;

const NODES_MAX = 200_000;

/** An answer has no more nodes than this. */
const ANSWER_NODES_MAX = 50_000;

interface Slice {
  readonly cycle: number;
  readonly trees: Map<string, ProfileTree>;
}

/** What was sampled lately, by cycles and prefixes; bounded. */
export class ProfileHistory {
  readonly frames = new FrameTable();
  readonly #options: Required<ProfileHistoryOptions>;
  /** By time. */
  readonly #slices: Slice[] = [];
  #nodeCount = 0;

  constructor(options: ProfileHistoryOptions) {
    this.#options = { nodesMax: NODES_MAX, ...options };
  }

  /** Nodes of all trees that are kept. */
  get nodeCount(): number {
    return this.#nodeCount;
  }

  /** Takes what was sampled; cycles that others have told of are added up. */
  add(cycles: readonly ProfileCycle[]): void {
    for (const { cycle, trees } of cycles) {
      const slice = this.#sliceOf(cycle);
      for (const [prefix, tree] of trees) {
        const kept = this.#treeIn(slice.trees, prefix);
        const before = kept.nodeCount;
        kept.add(tree, (frame) => frame);
        this.#nodeCount += kept.nodeCount - before;
      }
    }
    while (this.#nodeCount > this.#options.nodesMax && this.#slices.length > 1) this.#dropOldest();
  }

  /** A tree of all samples that are wanted, for each prefix. */
  read({ prefixes, from, to }: ProfileQuery): Map<string, ProfileTree> {
    const { cycleMs } = this.#options;
    const merged = new Map<string, ProfileTree>();
    let left = ANSWER_NODES_MAX;
    for (const { cycle, trees } of this.#slices) {
      if ((cycle + 1) * cycleMs <= from || cycle * cycleMs >= to) continue;
      for (const [prefix, tree] of trees) {
        if (prefixes !== null && !prefixes.has(prefix)) continue;
        const into = merged.get(prefix) ?? new ProfileTree(left);
        const before = into.nodeCount;
        into.add(tree, (frame) => this.frames.same(frame));
        left = Math.max(0, left - (into.nodeCount - before));
        merged.set(prefix, into);
      }
    }
    return merged;
  }

  /** Most are of the last cycle, or of one a few before it. */
  #sliceOf(cycle: number): Slice {
    let index = this.#slices.length;
    while (index > 0 && (this.#slices[index - 1] as Slice).cycle > cycle) index -= 1;
    const known = this.#slices[index - 1];
    if (known !== undefined && known.cycle === cycle) return known;
    const slice: Slice = { cycle, trees: new Map() };
    this.#slices.splice(index, 0, slice);
    return slice;
  }

  #treeIn(trees: Map<string, ProfileTree>, prefix: string): ProfileTree {
    const known = trees.get(prefix);
    if (known !== undefined) return known;
    if (trees.size >= PREFIXES_MAX && prefix !== '') return this.#treeIn(trees, '');
    const tree = new ProfileTree(this.#options.nodesMax);
    trees.set(prefix, tree);
    return tree;
  }

  #dropOldest(): void {
    for (const tree of this.#slices.shift()?.trees.values() ?? []) this.#nodeCount -= tree.nodeCount;
  }
}
