import type { AnyNode, Class, MethodDefinition } from 'acorn';
import { Refusal } from '../values/refusal.js';
import type { Edit } from './edits.js';
import { isCoverageCounter } from './transpiler-names.js';

/** A method of a class whose key is computed: its key is found again by its text. */
export interface ComputedMethod {
  readonly isStatic: boolean;
  readonly kind: MethodDefinition['kind'];
  /** Text of the method as `toString` gives it. */
  readonly text: string;
}

/** What the text of a class tells besides names. */
export interface ClassFacts {
  /** It has a superclass that is not `null`: put in from outside, as its name may not be known any more. */
  readonly hasHeritage: boolean;
  readonly computedMethods: readonly ComputedMethod[];
  /** Private fields, methods and accessors of instances, for people. */
  readonly privateInstanceMembers: readonly string[];
  /** Keys of methods and accessors that the text makes on the prototype and on the class. */
  readonly prototypeKeys: ReadonlySet<string>;
  readonly staticKeys: ReadonlySet<string>;
  readonly edits: readonly Edit[];
  /** Code that stays in the text. */
  readonly parts: readonly AnyNode[];
}

/**
 * Reads a class expression. What the runtime does not keep once a class exists (heritage, computed keys, initialisers
 * of static fields) is taken out of the text: the values are restored instead.
 *
 * @param text - text of the class; positions of `node` are `shift` characters further
 */
export function readClass(node: Class, text: string, shift: number): ClassFacts {
  const edits: Edit[] = [];
  const parts: AnyNode[] = [];
  const computedMethods: ComputedMethod[] = [];
  const privates: string[] = [];
  const prototypeKeys = new Set<string>();
  const staticKeys = new Set<string>();
  const heritage = node.superClass ?? undefined;
  const hasHeritage = heritage !== undefined && !(heritage.type === 'Literal' && heritage.value === null);
  if (heritage !== undefined && hasHeritage) edits.push(replaced(heritage, '__sup', text, shift));
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') {
      edits.push(replaced(member, '', text, shift));
      continue;
    }
    const isPrivate = member.key.type === 'PrivateIdentifier';
    if (isPrivate && !member.static) privates.push(`#${(member.key as { name: string }).name}`);
    if (member.type === 'PropertyDefinition') {
      if (member.static && !isPrivate) edits.push(replaced(member, '', text, shift));
      else if (member.value) parts.push(fieldPart(member));
      if (member.computed && !member.static) throw computedField();
      continue;
    }
    if (member.computed) {
      edits.push(replaced(member.key, `__k[${computedMethods.length}]`, text, shift));
      computedMethods.push({ isStatic: member.static, kind: member.kind, text: methodText(member, text, shift) });
    } else if (!isPrivate) (member.static ? staticKeys : prototypeKeys).add(keyName(member.key));
    parts.push(member.value);
  }
  return { hasHeritage, computedMethods, privateInstanceMembers: privates, prototypeKeys, staticKeys, edits, parts };
}

function fieldPart(member: Extract<AnyNode, { type: 'PropertyDefinition' }>): AnyNode {
  if (member.static && member.value && !isConstantText(member.value)) {
    throw new Refusal(
      'PRIVATE',
      'its class has a private static field whose initial value is computed',
      'make it a public static field or a variable of the module',
    );
  }
  return member;
}

/** Values that need nothing of their surroundings. */
function isConstantText(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return true;
    case 'TemplateLiteral':
      return node.expressions.every((part) => isConstantText(part));
    case 'UnaryExpression':
      return isConstantText(node.argument);
    case 'ArrayExpression':
      return node.elements.every((element) => element === null || isConstantText(element));
    case 'ObjectExpression':
      return node.properties.every((property) => property.type === 'Property' && isConstantText(property.value));
    case 'SequenceExpression':
      return node.expressions.every((part) => isCoverageCounter(part) || isConstantText(part));
    case 'NewExpression':
      return (
        node.callee.type === 'Identifier' &&
        /^(Map|Set|WeakMap|WeakSet)$/.test(node.callee.name) &&
        node.arguments.length === 0
      );
    default:
      return false;
  }
}

function computedField(): Refusal {
  return new Refusal('CLASS', 'its class has a field with a computed name', 'set the field in the constructor instead');
}

/** Replaces a node by a text on its first line and keeps the line breaks, so that all lines after it stay where they are. */
function replaced(node: AnyNode, text: string, source: string, shift: number): Edit {
  const lines = source.slice(node.start - shift, node.end - shift).split('\n').length - 1;
  return { start: node.start, end: node.end, text: text + '\n'.repeat(lines) };
}

function methodText(member: MethodDefinition, text: string, shift: number): string {
  const whole = text.slice(member.start - shift, member.end - shift);
  return member.static ? whole.replace(/^static\s*/, '') : whole;
}

function keyName(key: AnyNode): string {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : '';
}
