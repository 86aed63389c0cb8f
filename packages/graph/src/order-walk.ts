import { at, startOf, type DependencyColumns, type DependentColumns } from './graph-columns.js';

/** Which held result a walk turns to next: the one that was made last, or the one that was made first. */
export type HeldChoice = 'latest' | 'earliest';

const UNRANKED = 0xffff_ffff;
// A task that frees as much as its own result takes. Below 1, since a sum of parts of one may miss it by rounding.
const WORTHWHILE = 1 - 1e-9;

/**
 * One walk over a graph that gives each task its rank: every target right after all that it needs. The rules by which
 * it takes the next one stand in `order.ts`. Dependencies and dependents are walked in the order of their lists.
 */
export class OrderWalk {
  readonly #needs: DependencyColumns;
  readonly #users: DependentColumns;
  readonly #choice: HeldChoice;
  readonly #ranks: Uint32Array;
  /** Per task: dependencies that have no rank yet. */
  readonly #missing: Uint32Array;
  /** Per task: dependencies that are not in reach yet. In reach is what can be made of held results alone. */
  readonly #outOfReach: Uint32Array;
  /** Per task in reach: its fair share of the held results that it would be made of; see {@link OrderWalk.#shareOf}. */
  readonly #share: Float64Array;
  readonly #isReached: Uint8Array;
  /** Per task: dependents that have no rank yet. */
  readonly #usersLeft: Uint32Array;
  /** Per task: the exclusive-or of the ids of those dependents; once one is left, its id. */
  readonly #userXor: Uint32Array;
  /** Per task: how far its lists have been walked. */
  readonly #needCursor: Uint32Array;
  readonly #userCursor: Uint32Array;
  /** What is to be made, the next one at the end. A task may stand here and be ranked already. */
  readonly #path: number[] = [];
  /** Tasks that came into reach, whose users have not been told yet. */
  readonly #reached: number[] = [];
  /** Ranked tasks that had users left when they were ranked; those from `#heldStart` on may have some still. */
  readonly #held: number[] = [];
  #heldStart = 0;
  #next = 0;

  constructor(needs: DependencyColumns, users: DependentColumns, choice: HeldChoice) {
    const count = needs.dependencyEnds.length;
    this.#needs = needs;
    this.#users = users;
    this.#choice = choice;
    this.#ranks = new Uint32Array(count).fill(UNRANKED);
    this.#missing = new Uint32Array(count);
    this.#outOfReach = new Uint32Array(count);
    this.#share = new Float64Array(count);
    this.#isReached = new Uint8Array(count);
    this.#usersLeft = new Uint32Array(count);
    this.#userXor = new Uint32Array(count);
    this.#needCursor = new Uint32Array(count);
    this.#userCursor = new Uint32Array(count);
    for (let id = 0; id < count; id += 1) {
      const needStart = startOf(needs.dependencyEnds, id);
      const userStart = startOf(users.dependentEnds, id);
      this.#needCursor[id] = needStart;
      this.#userCursor[id] = userStart;
      this.#missing[id] = at(needs.dependencyEnds, id) - needStart;
      this.#outOfReach[id] = at(this.#missing, id);
      this.#usersLeft[id] = at(users.dependentEnds, id) - userStart;
      let xor = 0;
      for (let edge = userStart; edge < at(users.dependentEnds, id); edge += 1) xor ^= at(users.dependentIds, edge);
      this.#userXor[id] = xor;
    }
  }

  /** Gives the ranks: `ranks[id]`. To be called once. */
  run(): Uint32Array {
    for (let end = 0; end < this.#ranks.length; end += 1) {
      if (at(this.#usersLeft, end) > 0 || this.#isRanked(end)) continue;
      this.#make(end);
      for (let target = this.#userOfHeld(); target !== undefined; target = this.#userOfHeld()) this.#make(target);
    }
    return this.#ranks;
  }

  #isRanked(id: number): boolean {
    return this.#ranks[id] !== UNRANKED;
  }

  /** Ranks `target` and, before it, all that it needs. */
  #make(target: number): void {
    const path = this.#path;
    path.push(target);
    for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
      const dependency = this.#isRanked(id) ? undefined : this.#nextMissing(id);
      if (dependency !== undefined) {
        path.push(dependency);
        continue;
      }
      path.pop();
      if (!this.#isRanked(id)) this.#rank(id);
    }
  }

  #nextMissing(id: number): number | undefined {
    const end = at(this.#needs.dependencyEnds, id);
    for (let edge = at(this.#needCursor, id); edge < end; edge += 1) {
      const dependency = at(this.#needs.dependencyIds, edge);
      if (this.#isRanked(dependency)) continue;
      this.#needCursor[id] = edge;
      return dependency;
    }
    this.#needCursor[id] = end;
    return undefined;
  }

  /** Gives `id` its rank, and puts onto the path what is worth to be made at once. */
  #rank(id: number): void {
    this.#ranks[id] = this.#next++;
    this.#releaseNeeds(id);
    if (at(this.#usersLeft, id) === 0) return;
    this.#held.push(id);
    const { dependentEnds, dependentIds } = this.#users;
    for (let edge = startOf(dependentEnds, id); edge < at(dependentEnds, id); edge += 1) {
      const user = at(dependentIds, edge);
      const missing = at(this.#missing, user) - 1;
      this.#missing[user] = missing;
      if (missing === 0 && this.#shareOf(user) >= WORTHWHILE) this.#path.push(user);
    }
    if (this.#isReached[id] === 1) return;
    this.#isReached[id] = 1;
    this.#reached.push(id);
    for (let next = this.#reached.pop(); next !== undefined; next = this.#reached.pop()) this.#tellUsers(next);
  }

  #releaseNeeds(id: number): void {
    const { dependencyEnds, dependencyIds } = this.#needs;
    for (let edge = startOf(dependencyEnds, id); edge < at(dependencyEnds, id); edge += 1) {
      const dependency = at(dependencyIds, edge);
      const left = at(this.#usersLeft, dependency) - 1;
      this.#usersLeft[dependency] = left;
      const xor = (at(this.#userXor, dependency) ^ id) >>> 0;
      this.#userXor[dependency] = xor;
      if (left === 1 && at(this.#missing, xor) === 0) this.#path.push(xor);
    }
  }

  /** `id` came into reach, and maybe some of its users with it. */
  #tellUsers(id: number): void {
    const { dependentEnds, dependentIds } = this.#users;
    for (let edge = startOf(dependentEnds, id); edge < at(dependentEnds, id); edge += 1) {
      const user = at(dependentIds, edge);
      const outOfReach = at(this.#outOfReach, user) - 1;
      this.#outOfReach[user] = outOfReach;
      if (outOfReach > 0 || this.#isRanked(user)) continue;
      const share = this.#shareOf(user);
      this.#share[user] = share;
      if (share >= WORTHWHILE) {
        // It will tell its users when it is made, which is soon.
        this.#path.push(user);
        continue;
      }
      this.#isReached[user] = 1;
      this.#reached.push(user);
    }
  }

  /**
   * How many held results go, if each of their users frees an equal part of them: one for a sole user, a third of one
   * for each of three. A task that is made of others in reach stands for what these are made of.
   */
  #shareOf(id: number): number {
    const { dependencyEnds, dependencyIds } = this.#needs;
    let share = 0;
    for (let edge = startOf(dependencyEnds, id); edge < at(dependencyEnds, id); edge += 1) {
      const dependency = at(dependencyIds, edge);
      share += (this.#isRanked(dependency) ? 1 : (this.#share[dependency] as number)) / at(this.#usersLeft, dependency);
    }
    return share;
  }

  /** A task that uses a result which is still held. */
  #userOfHeld(): number | undefined {
    const { dependentEnds, dependentIds } = this.#users;
    const isLatest = this.#choice === 'latest';
    while (this.#heldStart < this.#held.length) {
      const id = this.#held[isLatest ? this.#held.length - 1 : this.#heldStart] as number;
      for (let edge = at(this.#userCursor, id); edge < at(dependentEnds, id); edge += 1) {
        const user = at(dependentIds, edge);
        if (this.#isRanked(user)) continue;
        this.#userCursor[id] = edge;
        return user;
      }
      this.#userCursor[id] = at(dependentEnds, id);
      if (isLatest) this.#held.pop();
      else this.#heldStart += 1;
    }
    return undefined;
  }
}
