import type { Node } from 'acorn';

/** How a piece of code uses a name that it does not declare. */
export interface NameUse {
  /** It assigns to the name. */
  writes: boolean;
  /** The name need not exist: it stands only under `typeof`, or where `with` may mean a property by it. */
  optional: boolean;
  /** Properties that are read from it, if nothing else is done with it; `undefined` if it is used as a whole. */
  properties: Set<string> | undefined;
}

/** What a scope is: names by `var` go to the function around them, and what stands in a loop runs more than once. */
export type ScopeKind = 'function' | 'block' | 'loop';

/** Hears of the scopes of a walk, outer ones first. */
export interface ScopeListener {
  enter(kind: ScopeKind, node: Node): void;
  /** The scope entered last ends: the names that it declares, and those of them that get a value more than once. */
  leave(declared: ReadonlySet<string>, assigned: ReadonlySet<string>): void;
}

/** One mention of a name. */
interface Use {
  readonly name: string;
  readonly writes: boolean;
  readonly typeof: boolean;
  readonly optional: boolean;
  readonly property: string | undefined;
}

interface Scope {
  readonly kind: ScopeKind;
  readonly declared: Set<string>;
  readonly uses: Use[];
  ownThis: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();

/** The scopes around the place where a walk stands: which names they declare, and which are used without being declared. */
export class ScopeStack {
  /** Names that no scope declares; complete when the outermost scope has ended. */
  readonly free = new Map<string, NameUse>();
  readonly #scopes: Scope[] = [];
  readonly #listener: ScopeListener | undefined;

  constructor(listener: ScopeListener | undefined) {
    this.#listener = listener;
  }

  /** `this`, `arguments`, `new.target` and `super` belong to the code itself here. */
  get hasOwnThis(): boolean {
    return this.#scopes.some((scope) => scope.ownThis);
  }

  /** What stands here runs more than once for one run of the function around it. */
  get isInLoop(): boolean {
    const at = this.#scopes.findLastIndex(({ kind }) => kind !== 'block');
    return this.#scopes[at]?.kind === 'loop';
  }

  inScope(kind: ScopeKind, node: Node, body: () => void): void {
    this.#enter({ kind, declared: new Set(), uses: [], ownThis: false }, node, body);
  }

  /** A function with a `this` of its own. */
  inThis(node: Node, body: () => void): void {
    this.#enter({ kind: 'function', declared: new Set(), uses: [], ownThis: true }, node, body);
  }

  declare(name: string, kind: 'var' | 'block'): void {
    const scope = kind === 'var' ? this.#functionScope() : this.#current();
    // Declared a second time it gets a second value.
    if (scope.declared.has(name)) scope.uses.push(writeOf(name));
    scope.declared.add(name);
  }

  /** A function by declaration: in its block, and, since the code may be sloppy, in the function around that too. */
  declareFunction(name: string): void {
    const current = this.#current();
    this.declare(name, 'block');
    if (current.kind === 'function') return;
    const outer = this.#functionScope();
    outer.declared.add(name);
    outer.uses.push(writeOf(name));
  }

  use(
    name: string,
    how: { writes?: boolean; typeof?: boolean; optional?: boolean; property?: string | undefined } = {},
  ): void {
    this.#current().uses.push({
      name,
      writes: how.writes ?? false,
      typeof: how.typeof ?? false,
      optional: how.typeof === true || how.optional === true,
      property: how.property,
    });
  }

  #enter(scope: Scope, node: Node, body: () => void): void {
    this.#scopes.push(scope);
    this.#listener?.enter(scope.kind, node);
    body();
    this.#scopes.pop();
    const parent = this.#scopes.at(-1);
    for (const use of scope.uses) {
      if (scope.declared.has(use.name)) continue;
      if (parent === undefined) this.#addFree(use);
      else parent.uses.push(use);
    }
    this.#listener?.leave(scope.declared, assignedIn(scope));
  }

  #current(): Scope {
    return this.#scopes.at(-1) as Scope;
  }

  #functionScope(): Scope {
    let at = this.#scopes.length - 1;
    while (at > 0 && (this.#scopes[at] as Scope).kind !== 'function') at--;
    return this.#scopes[at] as Scope;
  }

  #addFree(use: Use): void {
    const known = this.free.get(use.name);
    if (known === undefined) {
      const properties = use.property === undefined ? undefined : new Set([use.property]);
      this.free.set(use.name, { writes: use.writes, optional: use.optional, properties });
      return;
    }
    known.writes ||= use.writes;
    known.optional &&= use.optional;
    if (use.typeof) return;
    if (use.property === undefined) known.properties = undefined;
    else known.properties?.add(use.property);
  }
}

/** Names of a scope that are assigned to in it: what code further in does not declare itself has come up to here. */
function assignedIn({ declared, uses }: Scope): ReadonlySet<string> {
  let assigned: Set<string> | undefined;
  for (const { name, writes } of uses) if (writes && declared.has(name)) (assigned ??= new Set()).add(name);
  return assigned ?? NOTHING;
}

function writeOf(name: string): Use {
  return { name, writes: true, typeof: false, optional: false, property: undefined };
}
