import type { AnyNode, Class, Function as FunctionNode, Identifier, Pattern, VariableDeclaration } from 'acorn';
import { ScopeStack } from './scope-stack.js';
import type { NameUse, ScopeListener } from './scope-stack.js';
import { isCoverageCounter, VITE_IMPORT_FUNCTION, VITE_IMPORT_META, viteSpecifier } from './transpiler-names.js';

/** What a piece of code uses of its surroundings without a name. */
export interface Surroundings {
  /** `this` outside of any function with a `this` of its own. */
  outerThis: boolean;
  outerArguments: boolean;
  outerNewTarget: boolean;
  /** `super` outside of any class or object literal. */
  outerSuper: boolean;
  directEval: boolean;
  /** Private names that no class inside declares. */
  privateNames: string[];
}

/** Finds all names that code uses without declaring them. One walk; declarations may come after uses. */
export class ScopeWalk {
  readonly surroundings: Surroundings = {
    outerThis: false,
    outerArguments: false,
    outerNewTarget: false,
    outerSuper: false,
    directEval: false,
    privateNames: [],
  };
  /** The words `import` of `import(…)`, with the argument if that is a plain text. */
  readonly dynamicImports: (Span & { readonly specifier: string | undefined })[] = [];
  readonly importMetas: Span[] = [];
  /** Expressions that count for a coverage tool. */
  readonly counters: Span[] = [];
  /** Plain texts that a `require` is called with. */
  readonly #required: string[] = [];
  readonly #scopes: ScopeStack;
  readonly #privates: Set<string>[] = [];
  #withs = 0;

  constructor(listener?: ScopeListener) {
    this.#scopes = new ScopeStack(listener);
  }

  /** The names, complete after the walk. */
  get names(): ReadonlyMap<string, NameUse> {
    return this.#scopes.free;
  }

  /** What is loaded by `import(…)`, or by the `require` of the module: plain texts where they are. */
  get loads(): readonly (string | undefined)[] {
    const imported = this.dynamicImports.map(({ specifier }) => specifier);
    return this.names.has('require') ? [...imported, ...this.#required] : imported;
  }

  /** Walks an expression or a program. */
  walk(root: AnyNode): void {
    this.#scopes.inScope('function', root, () => this.#visit(root));
  }

  /** Walks the parts of a class that its text keeps: everything but what is taken out of it. */
  walkParts(owner: Class, parts: readonly AnyNode[], ownName: Identifier | null | undefined): void {
    this.#scopes.inScope('function', owner, () => {
      if (ownName) this.#scopes.declare(ownName.name, 'block');
      this.#privates.push(privateNamesOf(owner));
      this.#scopes.inThis(owner.body, () => parts.forEach((part) => this.#visit(part)));
      this.#privates.pop();
    });
  }

  #declarePattern(pattern: Pattern, kind: 'var' | 'block'): void {
    switch (pattern.type) {
      case 'Identifier':
        return this.#scopes.declare(pattern.name, kind);
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.#declarePattern(property.argument, kind);
          else {
            if (property.computed) this.#visit(property.key);
            this.#declarePattern(property.value, kind);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#declarePattern(element, kind);
        return;
      case 'RestElement':
        return this.#declarePattern(pattern.argument, kind);
      case 'AssignmentPattern':
        this.#declarePattern(pattern.left, kind);
        return this.#visit(pattern.right);
      case 'MemberExpression':
        return this.#visit(pattern);
    }
  }

  #assign(target: AnyNode): void {
    switch (target.type) {
      case 'Identifier':
        return this.#use(target.name, { writes: true });
      case 'ObjectPattern':
        for (const property of target.properties) {
          if (property.type === 'RestElement') this.#assign(property.argument);
          else {
            if (property.computed) this.#visit(property.key);
            this.#assign(property.value);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of target.elements) if (element) this.#assign(element);
        return;
      case 'RestElement':
        return this.#assign(target.argument);
      case 'AssignmentPattern':
        this.#assign(target.left);
        return this.#visit(target.right);
      default:
        return this.#visit(target);
    }
  }

  #use(name: string, how?: { writes?: boolean; typeof?: boolean; property?: string | undefined }): void {
    if (name !== 'arguments') return this.#scopes.use(name, { ...how, optional: this.#withs > 0 });
    if (!this.#scopes.hasOwnThis) this.surroundings.outerArguments = true;
  }

  #function(node: FunctionNode): void {
    const body = (): void => {
      for (const param of node.params) this.#declarePattern(param, 'block');
      if (node.body.type === 'BlockStatement') node.body.body.forEach((statement) => this.#visit(statement));
      else this.#visit(node.body);
    };
    if (node.type === 'ArrowFunctionExpression') return this.#scopes.inScope('function', node, body);
    if (node.type === 'FunctionDeclaration' && node.id) this.#scopes.declareFunction(node.id.name);
    this.#scopes.inThis(node, () => {
      if (node.type === 'FunctionExpression' && node.id) this.#scopes.declare(node.id.name, 'block');
      body();
    });
  }

  #class(node: Class): void {
    if (node.type === 'ClassDeclaration' && node.id) this.#scopes.declare(node.id.name, 'block');
    this.#scopes.inScope('block', node, () => {
      if (node.id) this.#scopes.declare(node.id.name, 'block');
      if (node.superClass) this.#visit(node.superClass);
      this.#privates.push(privateNamesOf(node));
      for (const member of node.body.body) {
        if (member.type !== 'StaticBlock' && member.computed) this.#visit(member.key);
      }
      this.#scopes.inThis(node.body, () => node.body.body.forEach((member) => this.#visit(member)));
      this.#privates.pop();
    });
  }

  #private(name: string): void {
    if (!this.#privates.some((names) => names.has(name))) this.surroundings.privateNames.push(`#${name}`);
  }

  #visit(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        if (node.name === VITE_IMPORT_META) return this.#importMeta(node);
        return this.#use(node.name);
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(node);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#class(node);
      case 'VariableDeclaration':
        return this.#variables(node);
      case 'ImportDeclaration':
        return node.specifiers.forEach(({ local }) => this.#scopes.declare(local.name, 'block'));
      case 'BlockStatement':
      case 'StaticBlock':
        return this.#scopes.inScope(node.type === 'StaticBlock' ? 'function' : 'block', node, () =>
          node.body.forEach((s) => this.#visit(s)),
        );
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#scopes.inScope('loop', node, () => this.#loop(node));
      case 'WhileStatement':
      case 'DoWhileStatement':
        return this.#scopes.inScope('loop', node, () => this.#children(node));
      case 'SwitchStatement':
        this.#visit(node.discriminant);
        return this.#scopes.inScope('block', node, () => node.cases.forEach((item) => this.#visit(item)));
      case 'CatchClause':
        return this.#scopes.inScope('block', node, () => {
          if (node.param) this.#declarePattern(node.param, 'block');
          this.#visit(node.body);
        });
      default:
        return this.#visitUse(node);
    }
  }

  #variables({ declarations, kind }: VariableDeclaration): void {
    for (const { id, init } of declarations) {
      this.#declarePattern(id, kind === 'var' ? 'var' : 'block');
      // A `var` of a loop is one variable, which each round sets anew.
      if (kind === 'var' && this.#scopes.isInLoop) this.#assign(id);
      if (init) this.#visit(init);
    }
  }

  #loop(node: AnyNode): void {
    if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
      if (node.left.type === 'VariableDeclaration') this.#visit(node.left);
      else this.#assign(node.left);
      this.#visit(node.right);
      return this.#visit(node.body);
    }
    this.#children(node);
  }

  #visitUse(node: AnyNode): void {
    switch (node.type) {
      case 'AssignmentExpression':
        this.#assign(node.left);
        return this.#visit(node.right);
      case 'UpdateExpression':
        if (isCoverageCounter(node)) return void this.counters.push({ start: node.start, end: node.end });
        return this.#assign(node.argument);
      case 'UnaryExpression':
        if (node.operator === 'typeof' && node.argument.type === 'Identifier') {
          return this.#use(node.argument.name, { typeof: true });
        }
        return this.#visit(node.argument);
      case 'MemberExpression':
        return this.#member(node);
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed && node.type === 'Property') this.#visit(node.key);
        if (node.value) this.#visit(node.value);
        return;
      case 'CallExpression':
        return this.#call(node);
      case 'LabeledStatement':
        return this.#visit(node.body);
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
        return this.#visitSpecial(node);
    }
  }

  #call(node: Extract<AnyNode, { type: 'CallExpression' }>): void {
    const { callee } = node;
    const [first] = node.arguments;
    if (callee.type === 'Identifier') {
      const text = first === undefined ? undefined : textOf(first);
      if (callee.name === 'eval') this.surroundings.directEval = true;
      else if (callee.name === 'require' && text !== undefined) this.#required.push(text);
      else if (callee.name === VITE_IMPORT_FUNCTION) {
        const specifier = text === undefined ? undefined : viteSpecifier(text);
        this.dynamicImports.push({ start: callee.start, end: callee.end, specifier });
        return node.arguments.forEach((argument) => this.#visit(argument));
      }
    }
    this.#children(node);
  }

  #importMeta({ start, end }: Span): void {
    this.importMetas.push({ start, end });
  }

  #visitSpecial(node: AnyNode): void {
    switch (node.type) {
      case 'ThisExpression':
        if (!this.#scopes.hasOwnThis) this.surroundings.outerThis = true;
        return;
      case 'Super':
        if (!this.#scopes.hasOwnThis) this.surroundings.outerSuper = true;
        return;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#importMeta(node);
        else if (!this.#scopes.hasOwnThis) this.surroundings.outerNewTarget = true;
        return;
      case 'ImportExpression': {
        const { start } = node;
        this.dynamicImports.push({ start, end: start + 'import'.length, specifier: textOf(node.source) });
        return this.#children(node);
      }
      case 'PrivateIdentifier':
        return this.#private(node.name);
      case 'WithStatement':
        this.#visit(node.object);
        this.#withs++;
        this.#visit(node.body);
        this.#withs--;
        return;
      default:
        return this.#children(node);
    }
  }

  #member(node: Extract<AnyNode, { type: 'MemberExpression' }>): void {
    const { object, property } = node;
    const name = propertyName(node);
    if (object.type === 'Identifier' && object.name !== VITE_IMPORT_META) this.#use(object.name, { property: name });
    else this.#visit(object);
    if (node.computed || property.type === 'PrivateIdentifier') this.#visit(property);
  }

  #children(node: AnyNode): void {
    for (const value of Object.values(node) as unknown[]) {
      if (Array.isArray(value)) for (const item of value as unknown[]) this.#child(item);
      else this.#child(value);
    }
  }

  #child(value: unknown): void {
    // Whatever in a syntax tree has a type is a node of that tree.
    if (typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string') {
      this.#visit(value as AnyNode);
    }
  }
}

/** A piece of the text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function textOf(node: AnyNode): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function propertyName(node: Extract<AnyNode, { type: 'MemberExpression' }>): string | undefined {
  const { property } = node;
  if (!node.computed) return property.type === 'Identifier' ? property.name : undefined;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}

function privateNamesOf(owner: Class): Set<string> {
  const names = new Set<string>();
  for (const member of owner.body.body) {
    if (member.type !== 'StaticBlock' && member.key.type === 'PrivateIdentifier') names.add(member.key.name);
  }
  return names;
}
