import type { AnyNode, Program } from 'acorn';
import type { Parser } from './load-parser.js';
import { ScopeWalk } from './scope-walk.js';
import { StaticScopes } from './static-scopes.js';
import type { StaticScope } from './static-scopes.js';

/** Where a variable of a module comes from. */
export interface ImportOrigin {
  readonly specifier: string;
  /** Exported name; `*` for all of the module. */
  readonly exported: string;
  /** Which of the two kinds of loading the module itself used. */
  readonly kind: 'esm' | 'cjs';
  /** The variable follows that of the other module, which may get another value. */
  readonly isLive: boolean;
}

/** What the source of a script tells about its variables. */
export interface ScriptFacts {
  /** Variables at top level that were imported. */
  readonly imports: ReadonlyMap<string, ImportOrigin>;
  /** A direct `eval` may assign to anything. */
  readonly hasEval: boolean;
  readonly strict: boolean;
  /** The innermost scope around a piece of the source; `undefined` where the script cannot be read. */
  scopeAround(start: number, end: number): StaticScope | undefined;
  /** Whether a scope is the top level, or that of a wrapper which a transpiler or test runner put around it. */
  isTop(scope: StaticScope): boolean;
}

const EMPTY: ScriptFacts = {
  imports: new Map(),
  hasEval: true,
  strict: false,
  scopeAround: () => undefined,
  isTop: () => false,
};

/** Names that module wrappers give; variables by these names are at top level though nothing declares them. */
export const WRAPPER_NAMES: ReadonlySet<string> = new Set([
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'jest',
]);

/** Reads the source that the runtime has, which a transpiler may have written. */
export function readScript(parser: Parser, source: string): ScriptFacts {
  const program = parseScript(parser, source);
  if (program === undefined) return EMPTY;
  const reader = new ScriptReader();
  try {
    reader.read(program);
  } catch (error) {
    // Nested so deep that there is no stack to walk through it.
    if (error instanceof RangeError) return EMPTY;
    throw error;
  }
  return reader;
}

/** The syntax tree of a script of either kind; `undefined` for what is no JavaScript. */
export function parseScript(parser: Parser, source: string): Program | undefined {
  const options = { ecmaVersion: 'latest', allowHashBang: true, allowReturnOutsideFunction: true } as const;
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parser.parse(source, { ...options, sourceType });
    } catch (error) {
      // What is no module may be a script; what is neither is another language's, and nothing is known of it.
      if ((error as { pos?: unknown }).pos === undefined) throw error;
    }
  }
  return undefined;
}

class ScriptReader implements ScriptFacts {
  readonly imports = new Map<string, ImportOrigin>();
  readonly #scopes = new StaticScopes();
  /** Where the functions and blocks begin that are but wrappers. */
  readonly #wrappers = new Set<number>();
  hasEval = false;
  strict = false;

  read(program: Program): void {
    this.#statements(program.body);
    const walk = new ScopeWalk(this.#scopes);
    walk.walk(program);
    this.hasEval = walk.surroundings.directEval;
  }

  scopeAround(start: number, end: number): StaticScope | undefined {
    return this.#scopes.around(start, end);
  }

  isTop({ parent, kind, start }: StaticScope): boolean {
    return parent === undefined || (kind !== 'loop' && this.#wrappers.has(start));
  }

  #statements(statements: readonly AnyNode[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: AnyNode): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        this.strict = true;
        for (const item of statement.specifiers) {
          const exported =
            item.type === 'ImportSpecifier'
              ? nameOf(item.imported)
              : item.type === 'ImportDefaultSpecifier'
                ? 'default'
                : '*';
          const isLive = item.type !== 'ImportNamespaceSpecifier';
          const specifier = String(statement.source.value);
          this.imports.set(item.local.name, { specifier, exported, kind: 'esm', isLive });
        }
        return;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        this.strict = true;
        if (statement.declaration) this.#statement(statement.declaration);
        return;
      case 'VariableDeclaration':
        for (const { id, init } of statement.declarations) this.#declarator(id, init ?? undefined);
        return;
      case 'ExpressionStatement':
        if (statement.directive === 'use strict') this.strict = true;
        return this.#wrapper(statement.expression);
      default:
        return;
    }
  }

  /** Functions that a tool has put around a module: `(function () {…})()`, `({ "Object.<anonymous>": function () {…} })`. */
  #wrapper(node: AnyNode): void {
    switch (node.type) {
      case 'CallExpression':
        return this.#wrapper(node.callee);
      case 'UnaryExpression':
      case 'AwaitExpression':
        return this.#wrapper(node.argument);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#wrappers.add(node.start);
        if (node.body.type === 'BlockStatement') this.#wrapped(node.body.body);
        return;
      case 'ObjectExpression':
        for (const property of node.properties) if (property.type === 'Property') this.#wrapper(property.value);
        return;
      default:
        return;
    }
  }

  /** What a wrapper is around; vite puts two pairs of braces. */
  #wrapped(statements: readonly AnyNode[]): void {
    const [first] = statements;
    if (statements.length !== 1 || first?.type !== 'BlockStatement') return this.#statements(statements);
    this.#wrappers.add(first.start);
    this.#statements(first.body);
  }

  #declarator(id: AnyNode, init: AnyNode | undefined): void {
    const origin = init === undefined ? undefined : requireOf(init);
    if (origin === undefined) return;
    const { specifier, exported, kind } = origin;
    if (id.type === 'Identifier') {
      this.imports.set(id.name, { specifier, exported: exported ?? '*', kind, isLive: false });
      return;
    }
    if (id.type !== 'ObjectPattern' || exported !== undefined) return;
    for (const property of id.properties) {
      if (property.type !== 'Property' || property.computed || property.value.type !== 'Identifier') continue;
      this.imports.set(property.value.name, { specifier, exported: nameOf(property.key), kind, isLive: false });
    }
  }
}

interface RequireOrigin {
  readonly specifier: string;
  /** Missing for the whole module. */
  readonly exported: string | undefined;
  readonly kind: 'esm' | 'cjs';
}

/** Finds the `require("…")` behind an initialiser, through helpers of transpilers, `await` and one property. */
function requireOf(node: AnyNode): RequireOrigin | undefined {
  switch (node.type) {
    case 'CallExpression': {
      const [first] = node.arguments;
      const called = node.callee.type === 'Identifier' ? node.callee.name : '';
      if (
        (called === 'require' || called.startsWith('__vite_ssr_')) &&
        first?.type === 'Literal' &&
        typeof first.value === 'string'
      ) {
        return { specifier: first.value, exported: undefined, kind: called === 'require' ? 'cjs' : 'esm' };
      }
      return first === undefined || node.arguments.length > 2 ? undefined : requireOf(first);
    }
    case 'AwaitExpression':
      return requireOf(node.argument);
    case 'ImportExpression':
      return node.source.type === 'Literal'
        ? { specifier: String(node.source.value), exported: undefined, kind: 'esm' }
        : undefined;
    case 'SequenceExpression':
      return requireOf(node.expressions.at(-1) as AnyNode);
    case 'MemberExpression': {
      if (node.computed || node.object.type === 'Super') return undefined;
      const origin = requireOf(node.object);
      if (origin === undefined || origin.exported !== undefined) return undefined;
      return { ...origin, exported: nameOf(node.property) };
    }
    default:
      return undefined;
  }
}

function nameOf(node: AnyNode): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : '';
}
