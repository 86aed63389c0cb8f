import type { AnyNode, Class, Options, Program } from 'acorn';
import { Refusal } from '../values/refusal.js';
import { readClass } from './analyze-class.js';
import type { ClassFacts } from './analyze-class.js';
import { applyEdits, offsetBefore, shiftEdits } from './edits.js';
import type { Edit } from './edits.js';
import type { Parser } from './load-parser.js';
import { Recent } from './recent.js';
import { ScopeWalk } from './scope-walk.js';
import type { NameUse } from './scope-stack.js';
import type { Surroundings } from './scope-walk.js';
import { IMPORT_FUNCTION, IMPORT_META } from './unit-builder.js';

/** Keys that cannot stand where a function is put on its own get this name; the real one is restored on arrival. */
const PLAIN_KEY = '__m';

/** How many texts of functions are remembered by one encoder: more than most programs send. */
const MAX_TEXTS = 1000;

/** All that the text of a function tells. */
export interface Analysis {
  /** An expression that makes the function, on the same lines as its own text. */
  readonly expression: string;
  /** What makes the expression out of the function's own text; tells which place is which. */
  readonly edits: readonly Edit[];
  readonly kind: 'arrow' | 'function' | 'method' | 'class';
  /** It cannot be called with `new` and has no `prototype`, or that is the one every such function has. */
  readonly isPlainFunction: boolean;
  readonly names: ReadonlyMap<string, NameUse>;
  readonly surroundings: Surroundings;
  /** Specifiers of what it loads while it runs, where they are plain texts. */
  readonly loads: readonly (string | undefined)[];
  readonly usesImportMeta: boolean;
  readonly classFacts: ClassFacts | undefined;
  /** The text says itself that it is strict, or is a class. */
  readonly strict: boolean;
}

/** Characters before a method where it is read: `({`. */
const METHOD_SHIFT = 2;

const OPTIONS: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  checkPrivateFields: false,
  allowSuperOutsideMethod: true,
  allowHashBang: false,
};

/** Reads texts of functions; knows those that it has read before. */
export class TextAnalyzer {
  readonly #parser: () => Parser;
  readonly #known = new Recent<string, Analysis>(MAX_TEXTS);

  constructor(parser: () => Parser) {
    this.#parser = parser;
  }

  /** @throws a `Refusal` for texts that cannot be read on their own */
  analyze(text: string): Analysis {
    return this.#known.get(text) ?? this.#known.set(text, this.#read(text));
  }

  /** Tells whether a function could be read in strict mode. */
  parsesStrict(analysis: Analysis): boolean {
    return this.#tryParse(`"use strict";${analysis.expression}`, 'script') !== undefined;
  }

  #read(text: string): Analysis {
    const asExpression = this.#parse(`(${text}\n)`);
    if (asExpression !== undefined) return this.#readExpression(text, rootOf(asExpression));
    const keyEdits = this.#keyEdits(text);
    const asMethod = this.#parse(`({${applyEdits(text, keyEdits)}\n})`);
    if (asMethod !== undefined) return this.#readMethod(text, keyEdits, rootOf(asMethod));
    throw new Refusal(
      'SYNTAX',
      `its source text cannot be read: ${text.slice(0, 60)}`,
      'write it as an ordinary function, or put it into a module and send importTask(…)',
    );
  }

  #readExpression(text: string, root: AnyNode): Analysis {
    const walk = new ScopeWalk();
    if (root.type === 'ClassExpression') return this.#readClass(text, root, walk);
    walk.walk(root);
    if (root.type !== 'ArrowFunctionExpression' && root.type !== 'FunctionExpression') {
      throw new Refusal('SYNTAX', 'its source text is no function', 'write it as an ordinary function');
    }
    const arrow = root.type === 'ArrowFunctionExpression';
    const edits = inParentheses(text, placeholders(walk));
    return {
      expression: applyEdits(text, edits),
      edits,
      kind: arrow ? 'arrow' : 'function',
      isPlainFunction: !arrow && !root.async && !root.generator,
      names: walk.names,
      surroundings: walk.surroundings,
      loads: walk.loads,
      usesImportMeta: walk.importMetas.length > 0,
      classFacts: undefined,
      strict: hasUseStrict(root),
    };
  }

  #readClass(text: string, root: Class, walk: ScopeWalk): Analysis {
    const facts = readClass(root, text, 1);
    walk.walkParts(root, facts.parts, root.id);
    const edits = inParentheses(text, [...placeholders(walk), ...facts.edits]);
    return {
      expression: applyEdits(text, edits),
      edits,
      kind: 'class',
      isPlainFunction: false,
      names: walk.names,
      surroundings: {
        ...walk.surroundings,
        outerThis: false,
        outerArguments: false,
        outerSuper: false,
        outerNewTarget: false,
      },
      loads: walk.loads,
      usesImportMeta: walk.importMetas.length > 0,
      classFacts: facts,
      strict: true,
    };
  }

  /** Gives a method a key that can stand anywhere, if its own cannot. */
  #keyEdits(text: string): readonly Edit[] {
    const asIs = this.#parse(`({${text}\n})`);
    if (asIs === undefined) return [plainKey(text)];
    const root = rootOf(asIs);
    const property = root.type === 'ObjectExpression' ? root.properties[0] : undefined;
    return property?.type === 'Property' && property.computed ? [plainKey(text)] : [];
  }

  #readMethod(text: string, keyEdits: readonly Edit[], root: AnyNode): Analysis {
    const property = root.type === 'ObjectExpression' ? root.properties[0] : undefined;
    if (property?.type !== 'Property') {
      throw new Refusal('SYNTAX', 'its source text is no function', 'write it as an ordinary function');
    }
    const walk = new ScopeWalk();
    walk.walk(property.value);
    const usesSuper = walk.surroundings.outerSuper || containsSuper(property.value);
    const name = keyText(property.key);
    const [before, after] =
      property.kind === 'init'
        ? ['(({', `\n})[${name}])`]
        : ['(Object.getOwnPropertyDescriptor(({', `\n}),${name}).${property.kind})`];
    const inside = shiftEdits(placeholders(walk), METHOD_SHIFT).map((edit) => ({
      start: offsetBefore(keyEdits, edit.start),
      end: offsetBefore(keyEdits, edit.end),
      text: edit.text,
    }));
    const edits = [insertion(0, before), ...keyEdits, ...inside, insertion(text.length, after)];
    return {
      expression: applyEdits(text, edits),
      edits,
      kind: 'method',
      isPlainFunction: false,
      names: walk.names,
      surroundings: { ...walk.surroundings, outerSuper: usesSuper },
      loads: walk.loads,
      usesImportMeta: walk.importMetas.length > 0,
      classFacts: undefined,
      strict: false,
    };
  }

  #parse(text: string): Program | undefined {
    return (
      this.#tryParse(text, 'script') ?? (text.includes('import.meta') ? this.#tryParse(text, 'module') : undefined)
    );
  }

  #tryParse(text: string, sourceType: 'script' | 'module'): Program | undefined {
    try {
      return this.#parser().parse(text, { ...OPTIONS, sourceType });
    } catch (error) {
      if (error instanceof RangeError || /^Not enough stack space/.test((error as Error).message))
        throw deepRefusal(error);
      // A syntax error is the answer: this wrapper does not fit, and the caller tries another.
      if ((error as { pos?: unknown }).pos !== undefined) return undefined;
      throw error;
    }
  }
}

function rootOf(program: Program): AnyNode {
  const statement = program.body[0];
  if (statement?.type !== 'ExpressionStatement')
    throw new Refusal('SYNTAX', 'its text is no expression', 'write it as a function');
  return statement.expression;
}

function deepRefusal(error: unknown): Refusal {
  return new Refusal('DEEP', 'its source text is nested too deep to be read', 'cut it into several functions', error);
}

/** Makes a text that was read behind a parenthesis an expression. */
function inParentheses(text: string, edits: readonly Edit[]): readonly Edit[] {
  return [insertion(0, '('), ...shiftEdits(edits, 1), insertion(text.length, '\n)')];
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

/** Same length as what they replace, so that columns stay right. */
function placeholders(walk: ScopeWalk): Edit[] {
  return [
    ...walk.dynamicImports.map(({ start, end }) => ({ start, end, text: IMPORT_FUNCTION.padEnd(end - start) })),
    ...walk.importMetas.map(({ start, end }) => ({ start, end, text: IMPORT_META.padEnd(end - start) })),
    ...walk.counters.map(({ start, end }) => ({ start, end, text: '0'.padEnd(end - start) })),
  ];
}

/** Gives a method with a computed or private key a plain one: `async *[x](a) {}` becomes `async *__m(a) {}`. */
function plainKey(text: string): Edit {
  const prefix = /^\s*(?:(?:get|set|async)\b(?=\s*[*#[])\s*)?\*?\s*/.exec(text)?.[0] ?? '';
  const rest = text.slice(prefix.length);
  const end = rest.startsWith('[') ? closingBracket(rest) + 1 : (/^#?[\w$]+/.exec(rest)?.[0].length ?? 0);
  return { start: prefix.length, end: prefix.length + end, text: PLAIN_KEY };
}

function closingBracket(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']' && --depth === 0) return i;
  }
  return text.length;
}

function keyText(key: AnyNode): string {
  if (key.type === 'Identifier') return JSON.stringify(key.name);
  return key.type === 'Literal' ? (key.raw ?? JSON.stringify(key.value)) : JSON.stringify(PLAIN_KEY);
}

function hasUseStrict(root: AnyNode): boolean {
  if (root.type !== 'FunctionExpression' && root.type !== 'ArrowFunctionExpression') return false;
  if (root.body.type !== 'BlockStatement') return false;
  return root.body.body.some(
    (statement) => statement.type === 'ExpressionStatement' && statement.directive === 'use strict',
  );
}

/** Looks for `super` that belongs to this method: not to a class or an object inside it. */
function containsSuper(node: AnyNode): boolean {
  if (node.type === 'Super') return true;
  if (node.type === 'ClassExpression' || node.type === 'ClassDeclaration') return false;
  for (const value of Object.values(node) as unknown[]) {
    const items: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
    for (const item of items) {
      const isNode = typeof item === 'object' && item !== null && typeof (item as { type?: unknown }).type === 'string';
      // A method of an object literal has a `super` of its own.
      if (isNode && !isMethod(item as AnyNode) && containsSuper(item as AnyNode)) return true;
    }
  }
  return false;
}

function isMethod(node: AnyNode): boolean {
  return node.type === 'Property' && (node.method || node.kind !== 'init');
}
