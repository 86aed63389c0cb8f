import type { AnyNode, Program } from 'acorn';
import type { Parser } from './load-parser.js';
import { ScopeWalk } from './scope-walk.js';

/** Where a variable of a module comes from. */
export interface ImportOrigin {
  readonly specifier: string;
  /** Exported name; `*` for all of the module. */
  readonly exported: string;
  /** Which of the two kinds of loading the module itself used. */
  readonly kind: 'esm' | 'cjs';
}

/** What the source of a script tells about its variables. */
export interface ScriptFacts {
  readonly imports: ReadonlyMap<string, ImportOrigin>;
  /** Names declared at top level, or at that of the wrapper that a transpiler or test runner put around it. */
  readonly topLevel: ReadonlySet<string>;
  /** Names that are assigned to anywhere besides their declaration. */
  readonly assigned: ReadonlySet<string>;
  /** Names that some function assigns to which are declared outside of it. */
  readonly closureWrites: ReadonlySet<string>;
  /** A direct `eval` may assign to anything. */
  readonly hasEval: boolean;
  readonly strict: boolean;
}

const EMPTY: ScriptFacts = {
  imports: new Map(),
  topLevel: new Set(),
  assigned: new Set(),
  closureWrites: new Set(),
  hasEval: true,
  strict: false,
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
  const program = parse(parser, source);
  if (program === undefined) return EMPTY;
  const reader = new ScriptReader();
  reader.read(program);
  return reader;
}

function parse(parser: Parser, source: string): Program | undefined {
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
  readonly topLevel = new Set<string>();
  readonly assigned = new Set<string>();
  closureWrites: ReadonlySet<string> = new Set<string>();
  hasEval = false;
  strict = false;

  read(program: Program): void {
    this.#statements(program.body);
    this.#findAssignments(program);
    const walk = new ScopeWalk();
    walk.walk(program);
    this.closureWrites = walk.closureWrites;
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
          this.#imported(item.local.name, String(statement.source.value), exported, 'esm');
        }
        return;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        this.strict = true;
        if (statement.declaration) this.#statement(statement.declaration);
        return;
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        if (statement.id) this.topLevel.add(statement.id.name);
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
        for (const param of node.params) if (param.type === 'Identifier') this.topLevel.add(param.name);
        if (node.body.type === 'BlockStatement') this.#statements(node.body.body);
        return;
      case 'ObjectExpression':
        for (const property of node.properties) if (property.type === 'Property') this.#wrapper(property.value);
        return;
      default:
        return;
    }
  }

  #declarator(id: AnyNode, init: AnyNode | undefined): void {
    const origin = init === undefined ? undefined : requireOf(init);
    if (id.type === 'Identifier') {
      this.topLevel.add(id.name);
      if (origin !== undefined) this.#imported(id.name, origin.specifier, origin.exported ?? '*', origin.kind);
      return;
    }
    if (id.type !== 'ObjectPattern') return patternNames(id).forEach((name) => this.topLevel.add(name));
    for (const property of id.properties) {
      const target = property.type === 'Property' ? property.value : property.argument;
      patternNames(target).forEach((name) => this.topLevel.add(name));
      if (origin === undefined || origin.exported !== undefined) continue;
      if (property.type !== 'Property' || property.computed || target.type !== 'Identifier') continue;
      this.#imported(target.name, origin.specifier, nameOf(property.key), origin.kind);
    }
  }

  #imported(local: string, specifier: string, exported: string, kind: ImportOrigin['kind']): void {
    this.topLevel.add(local);
    this.imports.set(local, { specifier, exported, kind });
  }

  /** Every assignment counts for its name, wherever it stands: too many names are harmless, one too few is not. */
  #findAssignments(root: AnyNode): void {
    const pending: AnyNode[] = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.type === 'AssignmentExpression') patternNames(node.left).forEach((name) => this.assigned.add(name));
      else if (node.type === 'UpdateExpression') patternNames(node.argument).forEach((name) => this.assigned.add(name));
      else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') this.#loopTarget(node.left);
      else if (node.type === 'VariableDeclaration' && node.kind !== 'const') this.#lateDeclared(node.declarations);
      else if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'eval')
        this.hasEval = true;
      for (const value of Object.values(node) as unknown[]) pushNodes(value, pending);
    }
  }

  #loopTarget(left: AnyNode): void {
    if (left.type !== 'VariableDeclaration') patternNames(left).forEach((name) => this.assigned.add(name));
  }

  #lateDeclared(declarations: readonly { readonly id: AnyNode; readonly init?: unknown }[]): void {
    for (const { id, init } of declarations) if (!init) patternNames(id).forEach((name) => this.assigned.add(name));
  }
}

function pushNodes(value: unknown, into: AnyNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) pushNodes(item, into);
    return;
  }
  // Whatever in a syntax tree has a type is a node of that tree.
  if (typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string')
    into.push(value as AnyNode);
}

/** All names that a pattern binds or assigns to. */
function patternNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    default:
      return [];
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
