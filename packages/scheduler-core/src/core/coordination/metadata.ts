import type { Fact, Facts } from '@grid/protocol';

import type { Budget } from './budget.js';
import type { CoordinationOutput } from './coordination-output.js';
import type { Party } from './party.js';
import { full } from './stored-value.js';

interface Leaf {
  readonly fact: Fact;
  /** What the budget was charged for it. */
  readonly bytes: number;
}

type Branch = Map<string, Branch | Leaf>;

/** A tree of plain data that all clients share. What is set stays until it is replaced. */
export class Metadata {
  readonly #root: Branch = new Map();
  readonly #budget: Budget;
  readonly #out: CoordinationOutput;

  constructor(budget: Budget, out: CoordinationOutput) {
    this.#budget = budget;
    this.#out = out;
  }

  set(party: Party, call: number, path: readonly string[], data: Facts): void {
    const last = path.at(-1);
    if (last === undefined) {
      const message = 'metadata has a path of at least one name';
      this.#out.fail(party, call, { code: 'GRID_SCHEDULER_BAD_REQUEST', message });
      return;
    }
    const fact = data['value'] ?? null;
    const bytes = JSON.stringify([path, fact]).length;
    if (!this.#budget.take(bytes)) {
      this.#out.fail(party, call, full(path.join('/'), this.#budget));
      return;
    }
    let branch = this.#root;
    for (const name of path.slice(0, -1)) {
      const known = branch.get(name);
      const next = known instanceof Map ? known : new Map<string, Branch | Leaf>();
      if (known !== undefined && known !== next) this.#drop(known);
      branch.set(name, next);
      branch = next;
    }
    const before = branch.get(last);
    if (before !== undefined) this.#drop(before);
    branch.set(last, { fact, bytes });
    this.#out.answer(party, call, { value: 1 });
  }

  get(party: Party, call: number, path: readonly string[]): void {
    const found = find(this.#root, path);
    if (found === undefined) this.#out.answer(party, call, { value: 0 });
    else this.#out.answer(party, call, { value: 1, data: { value: found } });
  }

  #drop(node: Branch | Leaf): void {
    if (node instanceof Map) for (const child of node.values()) this.#drop(child);
    else this.#budget.give(node.bytes);
  }
}

function find(node: Branch | Leaf, [name, ...rest]: readonly string[]): Fact | undefined {
  if (!(node instanceof Map)) return findWithin(node.fact, name === undefined ? [] : [name, ...rest]);
  if (name === undefined) return toFact(node);
  const child = node.get(name);
  return child === undefined ? undefined : find(child, rest);
}

/** Records that were put there as a whole have paths within them. */
function findWithin(fact: Fact | undefined, path: readonly string[]): Fact | undefined {
  let here = fact;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || Array.isArray(here) || !Object.hasOwn(here, name))
      return undefined;
    here = (here as Facts)[name];
  }
  return here;
}

function toFact(node: Branch | Leaf): Fact {
  if (!(node instanceof Map)) return node.fact;
  return Object.fromEntries([...node].map(([name, child]) => [name, toFact(child)]));
}
