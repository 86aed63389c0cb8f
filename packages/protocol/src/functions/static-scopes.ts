import type { Node } from 'acorn';
import type { ScopeKind, ScopeListener } from './scope-stack.js';

/** A scope as it stands in a script. While the program runs there may be any number of it. */
export interface StaticScope {
  readonly kind: ScopeKind;
  /** Place in the source, in characters. */
  readonly start: number;
  readonly end: number;
  readonly parent: StaticScope | undefined;
  /** Names that it declares, and whether a variable of that name gets a value more than once. */
  readonly names: ReadonlyMap<string, { readonly assigned: boolean }>;
  /** In the order in which they stand; those that declare nothing and run once are left out. */
  readonly children: readonly StaticScope[];
}

/** Where a name is declared. */
export interface Declaration {
  readonly scope: StaticScope;
  readonly assigned: boolean;
}

interface OpenScope extends StaticScope {
  readonly names: Map<string, { readonly assigned: boolean }>;
  readonly children: StaticScope[];
}

/** Collects the scopes of a script while that is walked. */
export class StaticScopes implements ScopeListener {
  readonly #open: OpenScope[] = [];
  #root: StaticScope | undefined;

  enter(kind: ScopeKind, node: Node): void {
    const parent = this.#open.at(-1);
    // The whole script holds whatever stands in it, even what begins where it begins.
    const place = parent === undefined ? { start: -1, end: Infinity } : { start: node.start, end: node.end };
    this.#open.push({ kind, ...place, parent, names: new Map(), children: [] });
  }

  leave(declared: ReadonlySet<string>, assigned: ReadonlySet<string>): void {
    const scope = this.#open.pop() as OpenScope;
    // Nearly always they are in order already: a walk may look at the parts of a class in another one.
    if (!isInOrder(scope.children)) scope.children.sort((left, right) => left.start - right.start);
    for (const name of declared) scope.names.set(name, { assigned: assigned.has(name) });
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = scope;
    else if (scope.kind === 'block' && scope.names.size === 0 && scope.children.length === 0) return;
    else parent.children.push(scope);
  }

  /** The innermost scope around a piece of the source that is not part of it. */
  around(start: number, end: number): StaticScope | undefined {
    let scope = this.#root;
    for (let inner = scope; inner !== undefined; inner = childAround(inner, start, end)) scope = inner;
    return scope;
  }
}

/** Finds out which variable a name means that stands in `scope`; `undefined` if the script does not declare it. */
export function findDeclaration(scope: StaticScope, name: string): Declaration | undefined {
  for (let at: StaticScope | undefined = scope; at !== undefined; at = at.parent) {
    const known = at.names.get(name);
    if (known !== undefined) return { scope: at, assigned: known.assigned };
  }
  return undefined;
}

/** Whether what stands in `inner` may run more than once for one scope `outer`: a loop or a function lies between. */
export function repeatsWithin(inner: StaticScope, outer: StaticScope): boolean {
  for (let at: StaticScope | undefined = inner; at !== undefined && at !== outer; at = at.parent) {
    if (at.kind !== 'block') return true;
  }
  return false;
}

function isInOrder(scopes: readonly StaticScope[]): boolean {
  return scopes.every((scope, i) => i === 0 || (scopes[i - 1] as StaticScope).start <= scope.start);
}

/** Children do not overlap, so it can only be the last one that begins before. */
function childAround({ children }: StaticScope, start: number, end: number): StaticScope | undefined {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((children[middle] as StaticScope).start < start) low = middle + 1;
    else high = middle;
  }
  const child = children[low - 1];
  return child !== undefined && child.end >= end ? child : undefined;
}
