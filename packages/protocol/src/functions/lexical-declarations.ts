import type { AnyNode, Program, VariableDeclaration, VariableDeclarator } from 'acorn';
import { isNeverUndefined } from './never-undefined.js';
import { patternNames } from './pattern-names.js';

/** A declaration of a variable. Those by `let`, `const` and `class` have no value before they have run. */
interface Declaration {
  /** Where the declaration ends, in characters from the start of the script; 0 for those that need not run. */
  readonly end: number;
  /** The block, or whatever else the variable belongs to. */
  readonly scope: Range;
  /** The innermost function around it, or the whole script. */
  readonly owner: Range;
  /** Once it has run, the variable is never `undefined`. */
  readonly isFilled?: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface FunctionRange extends Range {
  /** It is there before the code around it has come to where it stands. */
  readonly isHoisted: boolean;
}

/** The declarations of a script, and its functions. */
export class LexicalDeclarations {
  readonly #byName = new Map<string, Declaration[]>();
  readonly #functions: FunctionRange[] = [];

  constructor(program: Program) {
    const whole = { ...rangeOf(program), isHoisted: false };
    this.#functions.push(whole);
    this.#visit(program, whole, whole);
  }

  /** Whether any variable of this name has no value before its declaration has run. */
  has(name: string): boolean {
    return this.#byName.get(name)?.some(({ end }) => end > 0) === true;
  }

  /**
   * Tells whether the variable that a function at `place` means by `name`, and which is `undefined`, has not been declared
   * yet while calls are under way at the places `calls`. True where the declaration would have left it something else, or
   * where the function to which the variable belongs is itself busy further up.
   */
  isPending(name: string, place: number, calls: readonly number[]): boolean {
    const seen = (this.#byName.get(name) ?? []).filter(({ scope }) => contains(scope, place));
    const [innermost] = seen.toSorted((left, right) => lengthOf(left.scope) - lengthOf(right.scope));
    if (innermost === undefined) return false;
    const { scope, owner, end, isFilled } = innermost;
    if (isFilled === true) return true;
    if (end <= place && !this.#isHoisted(scope, end, place)) return false;
    return calls.some((call) => contains(scope, call) && call < end && this.#functionAround(call) === owner);
  }

  /** Whether a function that stands behind a declaration may be there before that has run, or be made by one that is. */
  #isHoisted(scope: Range, end: number, place: number): boolean {
    const outermost = this.#functions.find(
      (range) => range.start >= end && range.end <= scope.end && contains(range, place),
    );
    return outermost?.isHoisted === true;
  }

  #functionAround(place: number): Range | undefined {
    return this.#functions.findLast((range) => contains(range, place));
  }

  #visit(node: AnyNode, scope: Range, owner: Range): void {
    let innerScope = scope;
    let innerOwner = owner;
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const own: FunctionRange = { ...rangeOf(node), isHoisted: node.type === 'FunctionDeclaration' };
        innerScope = innerOwner = own;
        if (node.type === 'FunctionDeclaration' && node.id) this.#add(node.id.name, { end: 0, scope, owner });
        this.#addAll(node.params.flatMap(patternNames), { end: 0, scope: innerScope, owner: innerOwner });
        // In the order of their beginnings, so that inner functions come after those around them.
        this.#functions.push(own);
        break;
      }
      case 'BlockStatement':
      case 'StaticBlock':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
        innerScope = rangeOf(node);
        break;
      case 'ClassDeclaration':
        if (node.id) this.#add(node.id.name, { end: node.end, scope, owner, isFilled: true });
        break;
      case 'CatchClause':
        innerScope = rangeOf(node);
        if (node.param) this.#addAll(patternNames(node.param), { end: 0, scope: innerScope, owner });
        break;
      case 'VariableDeclaration':
        for (const declarator of node.declarations)
          this.#addAll(patternNames(declarator.id), variableOf(node.kind, declarator, { scope, owner }));
        break;
      default:
        break;
    }
    for (const value of Object.values(node) as unknown[]) this.#visitAll(value, innerScope, innerOwner);
  }

  #visitAll(value: unknown, scope: Range, owner: Range): void {
    if (Array.isArray(value)) for (const item of value as unknown[]) this.#visitAll(item, scope, owner);
    // Whatever in a syntax tree has a type is a node of that tree.
    else if (typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string')
      this.#visit(value as AnyNode, scope, owner);
  }

  #addAll(names: readonly string[], declaration: Declaration): void {
    for (const name of names) this.#add(name, declaration);
  }

  #add(name: string, declaration: Declaration): void {
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [declaration]);
    else known.push(declaration);
  }
}

function variableOf(
  kind: VariableDeclaration['kind'],
  { id, init, end }: VariableDeclarator,
  { scope, owner }: Pick<Declaration, 'scope' | 'owner'>,
): Declaration {
  if (kind === 'var') return { end: 0, scope: owner, owner };
  const isFilled =
    kind === 'const' && id.type === 'Identifier' && init !== null && init !== undefined && isNeverUndefined(init);
  return { end, scope, owner, isFilled };
}

/** The two numbers alone: the tree that they are from is large and not needed any more. */
function rangeOf({ start, end }: Range): Range {
  return { start, end };
}

function lengthOf({ start, end }: Range): number {
  return end - start;
}

function contains({ start, end }: Range, place: number): boolean {
  return start <= place && place < end;
}
