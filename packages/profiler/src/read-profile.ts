import type { Frame, FrameTable } from './frame.js';
import { ProfileTree, type TreeNode } from './profile-tree.js';
import { NO_FUNCTION, type V8Node, type V8Profile } from './v8-profile.js';

/** How samples are told apart. */
export interface SampleRules {
  /** The prefix that a call of this script marks, for all that it calls; `undefined`: it marks none. */
  markOf(url: string): string | undefined;
  /**
   * The prefix of a call that nothing marks and whose callers are left out; `undefined`: it is left out too, and its callees
   * are asked about.
   */
  prefixOf(frame: Frame): string | undefined;
  /** A call was found directly below a mark. */
  onMarked?(frame: Frame, prefix: string): void;
}

/** What else is to be known of a profile. */
export interface ProfilePlace {
  readonly frames: FrameTable;
  /** When it began: milliseconds since the epoch. */
  readonly startedAt: number;
  /** Samples are told apart by so many milliseconds. */
  readonly cycleMs: number;
}

/** What was sampled in one cycle: the number of the cycle since the epoch, and a tree for each prefix. */
export interface ProfileCycle {
  readonly cycle: number;
  readonly trees: ReadonlyMap<string, ProfileTree>;
}

/** A call that one of V8's nodes stands for. */
interface Call {
  readonly prefix: string;
  readonly caller: Call | null;
  /** `null`: the mark of the prefix. */
  readonly frame: Frame | null;
  /** Of the current cycle. */
  count: number;
  ms: number;
  node: TreeNode | null;
}

type Place = Call | 'outside';

/** In one cycle there are seldom more than some hundred. */
const NODES_MAX = 20_000;

/** Reads a profile of V8: what was called, for which prefix, in which cycle. */
export function readProfile(profile: V8Profile, place: ProfilePlace, rules: SampleRules): ProfileCycle[] {
  return new ProfileReader(profile, place, rules).read();
}

class ProfileReader {
  readonly #profile: V8Profile;
  readonly #place: ProfilePlace;
  readonly #rules: SampleRules;
  readonly #places = new Map<number, Place>();
  readonly #garbage = new Set<number>();
  /** With samples in the current cycle. */
  readonly #touched = new Set<Call>();

  constructor(profile: V8Profile, place: ProfilePlace, rules: SampleRules) {
    this.#profile = profile;
    this.#place = place;
    this.#rules = rules;
  }

  read(): ProfileCycle[] {
    this.#placeAll();
    const { startedAt, cycleMs } = this.#place;
    const { samples = [], timeDeltas = [], startTime, endTime } = this.#profile;
    const cycles: ProfileCycle[] = [];
    let cycle = Math.floor(startedAt / cycleMs);
    let micros = 0;
    let last: Place = 'outside';
    for (let i = 0; i < samples.length; i += 1) {
      micros += timeDeltas[i] ?? 0;
      // The first one is not of its time: it is of what has begun the profile.
      if (i === 0) continue;
      const at = Math.floor((startedAt + micros / 1000) / cycleMs);
      if (at !== cycle) {
        this.#endCycle(cycle, cycles);
        cycle = at;
      }
      // A sample stands for the time up to the next one.
      const ms = Math.max(0, timeDeltas[i + 1] ?? endTime - startTime - micros) / 1000;
      const id = samples[i] as number;
      if (!this.#garbage.has(id)) last = this.#places.get(id) ?? 'outside';
      this.#count(this.#garbage.has(id) ? this.#collectionIn(last) : last, ms);
    }
    this.#endCycle(cycle, cycles);
    return cycles;
  }

  #count(place: Place, ms: number): void {
    if (typeof place === 'string') return;
    place.count += 1;
    place.ms += ms;
    this.#touched.add(place);
  }

  /** Collections are of no stack; they are counted for whoever ran before. */
  #collectionIn(place: Place): Place {
    if (typeof place === 'string') return place;
    const { frames } = this.#place;
    return callOf(place.prefix, place, frames.of(NO_FUNCTION.garbage, '', 0, 0));
  }

  #endCycle(cycle: number, cycles: ProfileCycle[]): void {
    if (this.#touched.size === 0) return;
    const trees = new Map<string, ProfileTree>();
    const entered: Call[] = [];
    for (const call of this.#touched) {
      const node = nodeOf(call, trees, entered);
      if (node !== null) {
        node.count += call.count;
        node.ms += call.ms;
      }
      call.count = 0;
      call.ms = 0;
    }
    for (const call of entered) call.node = null;
    this.#touched.clear();
    cycles.push({ cycle, trees });
  }

  #placeAll(): void {
    const byId = new Map(this.#profile.nodes.map((node) => [node.id, node]));
    const [root] = this.#profile.nodes;
    if (root === undefined) return;
    this.#places.set(root.id, 'outside');
    const open: V8Node[] = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const place = this.#places.get(node.id) ?? 'outside';
      for (const id of node.children ?? []) {
        const child = byId.get(id);
        if (child === undefined || this.#places.has(id)) continue;
        this.#places.set(id, this.#placeBelow(place, child));
        open.push(child);
      }
    }
  }

  #placeBelow(parent: Place, { id, callFrame }: V8Node): Place {
    const { functionName, url, lineNumber, columnNumber } = callFrame;
    if (url === '' && functionName === NO_FUNCTION.garbage) {
      this.#garbage.add(id);
      return 'outside';
    }
    const marked = this.#rules.markOf(url);
    if (marked !== undefined) return callOf(marked, null, null);
    if (url === '' && (functionName === NO_FUNCTION.idle || functionName === NO_FUNCTION.program)) return 'outside';
    const frame = this.#place.frames.of(functionName, url, lineNumber + 1, columnNumber + 1);
    if (parent === 'outside') return this.#placeUnmarked(frame);
    if (parent.frame === null) this.#rules.onMarked?.(frame, parent.prefix);
    return callOf(parent.prefix, parent, frame);
  }

  #placeUnmarked(frame: Frame): Place {
    const prefix = this.#rules.prefixOf(frame);
    return prefix === undefined ? 'outside' : callOf(prefix, null, frame);
  }
}

function callOf(prefix: string, caller: Call | null, frame: Frame | null): Call {
  return { prefix, caller, frame, count: 0, ms: 0, node: null };
}

/** The node of a call in the tree of its prefix; `null`: it is a mark, which is in none. */
function nodeOf(call: Call, trees: Map<string, ProfileTree>, entered: Call[]): TreeNode | null {
  if (call.node !== null || call.frame === null) return call.node;
  const caller = call.caller === null ? null : nodeOf(call.caller, trees, entered);
  let tree = trees.get(call.prefix);
  if (tree === undefined) {
    tree = new ProfileTree(NODES_MAX);
    trees.set(call.prefix, tree);
  }
  call.node = tree.childOf(caller, call.frame);
  entered.push(call);
  return call.node;
}
