import { formatBytes } from '@grid/common';
import type { CaptureFacts, CaptureNode } from './capture-node.js';

/** Branches that are printed of one node; the rest is counted. */
const MAX_CHILDREN = 50;

/** Column at which descriptions begin at the latest. */
const MAX_INDENT = 44;

interface Row {
  readonly name: string;
  readonly about: string;
  readonly size: string;
}

/** Prints a capture as a tree: names, kinds, sizes. */
export function printReport({ root, references, globals, problem }: CaptureFacts): string {
  const rows = rowsOf(root, '', '');
  const nameWidth = Math.min(MAX_INDENT, widest(rows.map(({ name }) => name)));
  const aboutWidth = widest(rows.map(({ about }) => about));
  const sizeWidth = widest(rows.map(({ size }) => size));
  const lines = rows.map(({ name, about, size }) => {
    return `${name.padEnd(nameWidth)}  ${about.padEnd(aboutWidth)}  ${size.padStart(sizeWidth)}`.trimEnd();
  });
  const notes: string[] = [
    ...(references.length > 0 ? [`loaded by the worker: ${references.join(', ')}`] : []),
    ...(globals.length > 0 ? [`the worker's own: ${globals.join(', ')}`] : []),
  ];
  return [lines, notes, problem === undefined ? [] : [problem.message]]
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function rowsOf(node: CaptureNode, first: string, rest: string): Row[] {
  const name = node.name === '' ? '(no name)' : node.name;
  const rows = [{ name: `${first}${name}`, about: aboutOf(node), size: sizeOf(node) }];
  const shown = node.children.slice(0, MAX_CHILDREN);
  const hidden = node.children.length - shown.length;
  shown.forEach((child, i) => {
    const isLast = i === shown.length - 1 && hidden === 0;
    rows.push(...rowsOf(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`));
  });
  if (hidden > 0) rows.push({ name: `${rest}└─ and ${hidden} more`, about: '', size: '' });
  return rows;
}

function aboutOf({ type, travels, place, reference, problem }: CaptureNode): string {
  const where = place === undefined ? '' : ` (${place})`;
  if (problem !== undefined) return `✗ ${type}${where}: ${problem}`;
  if (travels === 'reference') return reference ?? type;
  if (travels === 'global') return `the worker's ${type}`;
  return travels === 'shared' ? `${type}, as above` : `${type}${where}`;
}

function sizeOf(node: CaptureNode): string {
  return node.travels !== 'value' || isBroken(node) ? '' : formatBytes(node.bytes);
}

/** Nothing behind a problem was looked at, so nobody knows how large it is. */
function isBroken({ problem, children }: CaptureNode): boolean {
  return problem !== undefined || children.some(isBroken);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
