import { readFileSync } from 'node:fs';
import type { AnyNode, Program } from 'acorn';
import type { Parser } from './load-parser.js';

/**
 * Names under which ES modules export their own variables, by the source of their files: a module that is loaded cannot
 * be asked for at once everywhere, and transpilers that hook into `require` would load it a second time.
 */
export class ModuleExports {
  readonly #parser: () => Parser;
  readonly #files = new Map<string, ReadonlyMap<string, string>>();

  constructor(parser: () => Parser) {
    this.#parser = parser;
  }

  /**
   * The name by which a module exports `wanted`, or `undefined` if it does not.
   * @param variables - the module's own, as its functions see them
   */
  find(file: string, variables: Readonly<Record<string, unknown>>, wanted: unknown): string | undefined {
    for (const [local, exported] of this.#exportsOf(file)) {
      if (Object.hasOwn(variables, local) && valueOf(variables, local) === wanted) return exported;
    }
    return undefined;
  }

  #exportsOf(file: string): ReadonlyMap<string, string> {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const found = readExports(this.#parser(), readFileSync(file, 'utf8'));
    this.#files.set(file, found);
    return found;
  }
}

/** Exported names by those of the variables behind them. */
function readExports(parser: Parser, source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const program = parseModule(parser, source);
  for (const node of program?.body ?? []) {
    if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node;
      const id: AnyNode | null = 'id' in declaration ? declaration.id : declaration;
      if (id?.type === 'Identifier') found.set(id.name, 'default');
    } else if (node.type === 'ExportNamedDeclaration' && !node.source) {
      for (const { local, exported } of node.specifiers) found.set(textOf(local), textOf(exported));
      if (node.declaration) declaredNames(node.declaration).forEach((name) => found.set(name, name));
    }
  }
  return found;
}

function parseModule(parser: Parser, source: string): Program | undefined {
  try {
    return parser.parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
  } catch (error) {
    // What is no JavaScript exports nothing that could be found here.
    if ((error as { pos?: unknown }).pos === undefined) throw error;
    return undefined;
  }
}

function declaredNames(declaration: AnyNode): string[] {
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  }
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
}

function textOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '';
}

function valueOf(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name];
  } catch {
    // Declared further down: nobody has it yet.
    return undefined;
  }
}
