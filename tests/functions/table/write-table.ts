import { numberOf } from '../program/case.js';
import { ROWS } from './rows.js';
import { gapOf, type Seen } from './seen.js';

/** A column of a table. */
export interface Column {
  /** As in {@link Seen.where}. */
  readonly where: string;
  readonly title: string;
  readonly about?: string;
}

/** Everything that the document is made of. */
export interface TableParts {
  readonly setups: readonly Column[];
  readonly nodes: readonly Column[];
  readonly seen: readonly Seen[];
}

interface Note {
  readonly text: string;
  readonly places: string[];
}

/** Writes `docs/functions-cases.md`. */
export function writeTable({ setups, nodes, seen }: TableParts): string {
  const notes = notesOf(seen);
  const table = (columns: readonly Column[]): string => tableOf(columns, seen, notes);
  return `# Which functions travel, from which programs

<!-- Written by the tests that ran: pnpm cases:update -->

Each case captures in one process and runs in another: a client of a cluster submits, a worker runs. What the cases are is in
[\`tests/functions/program\`](../tests/functions/program); [\`functions.md\`](functions.md) says what to do where something does
not travel. ✓ is for all parts of a case, which the last section lists; a number leads to what was seen instead.

| column | program |
| --- | --- |
${setups.map(({ title, about }) => `| ${title} | ${about} |`).join('\n')}

## Programs of all kinds

${table(setups)}

## Processes

What is not about how a program is written, but about the process that it runs in, runs once on each Node.

${table(nodes)}

## What does not hold

${[...notes.values()].map(noteText).join('\n\n') || 'Nothing.'}

## What the cases try

${partsOf(seen)}
`;
}

/** One note for each problem of each part, however many columns have it. */
function notesOf(seen: readonly Seen[]): Map<string, Note> {
  const notes = new Map<string, Note>();
  for (const item of seen) {
    if (item.problem === '') continue;
    const key = noteKey(item);
    const because = gapOf(item)?.because ?? '';
    const text = `${item.title}. ${because}\n\n\`\`\`text\n${item.problem}\n\`\`\``;
    const note = notes.get(key) ?? { text, places: [] };
    note.places.push(item.where);
    notes.set(key, note);
  }
  return notes;
}

function noteKey({ title, problem }: Seen): string {
  return `${title}\n${problem}`;
}

function noteText({ text }: Note, i: number): string {
  return `### ${i + 1}\n\nCase ${text}`;
}

function tableOf(columns: readonly Column[], seen: readonly Seen[], notes: ReadonlyMap<string, Note>): string {
  const numbers = [...notes.keys()];
  const cell = (number: number, { where }: Column): string => {
    const own = seen.filter((item) => item.where === where && numberOf(item) === number);
    const problems = own.filter(({ problem }) => problem !== '').map((item) => numbers.indexOf(noteKey(item)) + 1);
    return problems.length === 0 ? '✓' : problems.map((note) => `[${note}](#${note})`).join(' ');
  };
  const places = new Set(columns.map(({ where }) => where));
  const rows = ROWS.flatMap((about, i) => {
    if (!seen.some((item) => places.has(item.where) && numberOf(item) === i + 1)) return [];
    return [`| ${[i + 1, about, ...columns.map((column) => cell(i + 1, column))].join(' | ')} |`];
  });
  const head = ['#', 'case', ...columns.map(({ title }) => title)];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n');
}

function partsOf(seen: readonly Seen[]): string {
  const titles = [...new Set(seen.map(({ title }) => title))];
  return ROWS.map((about, i) => {
    const parts = titles.filter((title) => numberOf({ title }) === i + 1).map((title) => title.replace(/^\d+ /, ''));
    return `${i + 1}. ${about}: ${parts.join(' · ')}`;
  }).join('\n');
}
