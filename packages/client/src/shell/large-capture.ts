import { formatBytes } from '@grid/common';
import type { CaptureNode, CaptureReport } from '@grid/protocol';

/** Variables that are named; the largest first. */
const NAMED_MAX = 5;

/** Variables below this part of the whole are not worth a word. */
const NAMED_PART = 0.02;

/** A captured variable, and what it costs. */
export interface LargeVariable {
  /** The variable, after the functions through which it is reached: `normalise → limits`. */
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

/** The captured variables that make a function large. */
export function largeVariables({ root, bytes }: CaptureReport): LargeVariable[] {
  return variablesOf(root, '')
    .filter((variable) => variable.bytes >= bytes * NAMED_PART)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED_MAX);
}

/** Whoever is told of a large capture: which function, how much of what, and what to do instead. */
export function largeCaptureText(report: CaptureReport, variables: readonly LargeVariable[]): string {
  const { root, bytes } = report;
  const place = root.place ?? 'an unknown place';
  const name = root.name === '' ? `the function at ${place}` : `function '${root.name}' (${place})`;
  const lines = variables.map(
    (variable) => `\n  variable '${variable.name}', ${variable.type}: ${formatBytes(variable.bytes)}`,
  );
  const [first] = variables;
  const data = first?.name.split(' → ').at(-1) ?? 'data';
  return (
    `${name} captures ${formatBytes(bytes)}, which go through the scheduler to each worker that runs it:${lines.join('')}\n` +
    `  fix: put large data on the cluster once, \`const [shared] = await client.scatter([${data}])\`, and pass the future ` +
    '`shared` as an argument; or load the data inside the task'
  );
}

/** Data is what counts: a function that is captured is as large as what it captures itself. */
function variablesOf(node: CaptureNode, way: string): LargeVariable[] {
  return node.children.flatMap((child) => {
    const name = way === '' ? child.name : `${way} → ${child.name}`;
    const isCode = child.type === 'function' || child.type.startsWith('class');
    if (isCode) return variablesOf(child, name);
    return child.travels === 'value' ? [{ name, type: child.type, bytes: child.bytes }] : [];
  });
}
