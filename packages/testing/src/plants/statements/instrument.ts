import { parse, type AnyNode, type Comment } from 'acorn';

import { DESK_NAME } from './statement-desk.js';

/** Files of a core in which statements can be left out: its steps, its events, and what these are made of. */
const FILES = [
  /^src\/core\/(transitions|events|stealing|gather|memory-manager)\//,
  /^src\/core\/(actors|add-task|apply-worker-status|blame-for-death|desire|enter-memory|fail|fire-and-forget|forget)\.ts/,
  /^src\/core\/(leave-memory|processing|recommend|release|replica-requests|replicas|result-holds|set-state|wants)\.ts/,
  /^src\/core\/(run-transitions|handle-stimulus)\.ts/,
  /^src\/core\/ready\/(start-ready|ready-tasks|resource-pool)\.ts/,
];
/** What is only for people to read, or only checks. */
const LEFT_ALONE = /^(invariant|check|noteStep)\d*\(|\bstory\.|staleCount|^super\(/;
const TEXT_MAX = 90;

interface Edit {
  readonly at: number;
  readonly text: string;
}

/**
 * Has a bundled program ask a desk before each statement that can be left out: what is done for its effect, and conditions
 * under which a function or a turn of a loop is left. Where the files of a bundle begin is seen by its comments.
 *
 * @param packageName - what the statements are named with
 */
export function instrument(source: string, packageName: string): string {
  const comments: Comment[] = [];
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module', onComment: comments });
  const files = comments.filter(({ value }) => value.startsWith(' src/'));
  const names: string[] = [];
  const edits: Edit[] = [];
  const counts = new Map<string, number>();

  /** The number of a statement within this program; `undefined` where it is of no interest. */
  const numberOf = (node: AnyNode, owner: string, text: string): number | undefined => {
    const file = files.findLast(({ start }) => start < node.start)?.value.trim();
    if (owner === '' || file === undefined || !FILES.some((pattern) => pattern.test(file)) || LEFT_ALONE.test(text))
      return undefined;
    const name = `${packageName} ${file.replace('src/core/', '')} ${owner}: ${shorten(text)}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    names.push(count === 1 ? name : `${name} (${String(count)})`);
    return names.length - 1;
  };

  const visit = (node: AnyNode, owner: string): void => {
    if (node.type === 'ExpressionStatement') {
      const { start, end } = node.expression;
      const number = isEffect(node.expression.type) ? numberOf(node, owner, source.slice(start, end)) : undefined;
      if (number !== undefined) {
        edits.push({ at: start, text: `${DESK}.skips(${FIRST}+${String(number)})||(` }, { at: end, text: ')' });
      }
    } else if (node.type === 'IfStatement' && !node.alternate && isLeaving(node.consequent)) {
      const { start, end } = node.test;
      const number = numberOf(node, owner, `if (${source.slice(start, end)}) …`);
      if (number !== undefined) {
        edits.push({ at: start, text: `${DESK}.holds(${FIRST}+${String(number)},` }, { at: end, text: ')' });
      }
    }
    for (const child of childrenOf(node)) visit(child, nameOf(node) ?? owner);
  };
  visit(program, '');
  if (names.length === 0) return source;
  const head = `const ${DESK}=globalThis.${DESK_NAME};const ${FIRST}=${DESK}.declare(${JSON.stringify(names)});\n`;
  return head + withEdits(source, edits);
}

const DESK = '__desk';
const FIRST = '__first';

function isEffect(type: string): boolean {
  return ['CallExpression', 'AssignmentExpression', 'UpdateExpression', 'UnaryExpression'].includes(type);
}

/** `return;`, `continue;` or `break;`, and nothing else. */
function isLeaving(node: AnyNode): boolean {
  if (node.type === 'BlockStatement') return node.body.length === 1 && isLeaving(node.body[0] as AnyNode);
  return (node.type === 'ReturnStatement' && !node.argument) || node.type === 'ContinueStatement';
}

function nameOf(node: AnyNode): string | undefined {
  if (node.type === 'FunctionDeclaration') return (node.id as { name?: string } | null)?.name?.replace(/\d+$/, '');
  return node.type === 'MethodDefinition' && 'name' in node.key ? node.key.name : undefined;
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is AnyNode => typeof child === 'object' && child !== null && 'type' in child);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}…`;
}

function withEdits(source: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  // At one place what ends comes before what begins; the sort is stable, and inner ones were found later.
  for (const { at, text } of [...edits].sort((a, b) => a.at - b.at)) {
    result += source.slice(from, at) + text;
    from = at;
  }
  return result + source.slice(from);
}
