import type { MessageWith } from '@grid/protocol';

type ServerProfile = MessageWith<'profile-reply'>['servers'][number];

/** A call in a profile, and what it called. */
export interface ProfileNode {
  /** The name of the function; empty if it has none. */
  readonly name: string;
  /** The file, in your own sources where it was written there; empty: the engine itself. */
  readonly file: string;
  /** Where the function begins, from 1 on; 0: nobody knows. */
  readonly line: number;
  readonly column: number;
  /** Samples that found it on the stack. */
  readonly count: number;
  /** Of these, those that found it at work itself. */
  readonly selfCount: number;
  /** Milliseconds that {@link ProfileNode.count} stands for. */
  readonly ms: number;
  /** The same of {@link ProfileNode.selfCount}. */
  readonly selfMs: number;
  /** What it called, the longest first. */
  readonly children: readonly ProfileNode[];
}

/** What threads were doing when they were looked at. */
export interface ClusterProfile {
  /** All calls together. */
  readonly root: ProfileNode;
  /** The same for each prefix of tasks; what goes on after an `await` and may be of several is under `''`. */
  readonly prefixes: Readonly<Record<string, ProfileNode>>;
  /** Milliseconds between two samples of a thread. */
  readonly intervalMs: number;
  /** Why there is nothing of a worker, by its address; of the scheduler under `''`. */
  readonly problems: Readonly<Record<string, string>>;
}

interface Place {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A node that grows. */
class Growing {
  selfCount = 0;
  selfMs = 0;
  readonly #children = new Map<string, Growing>();

  constructor(readonly place: Place) {}

  child(place: Place): Growing {
    const key = `${place.file}:${String(place.line)}:${String(place.column)}:${place.name}`;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = new Growing(place);
      this.#children.set(key, child);
    }
    return child;
  }

  done(): ProfileNode {
    const { selfCount, selfMs } = this;
    const children = Array.from(this.#children.values(), (child) => child.done()).sort((a, b) => b.ms - a.ms);
    const count = children.reduce((sum, child) => sum + child.count, selfCount);
    const ms = children.reduce((sum, child) => sum + child.ms, selfMs);
    return { ...this.place, count, selfCount, ms, selfMs, children };
  }
}

/** Puts what servers say together. `mapStack` says where in the user's files a line of a stack is. */
export function mergeProfiles(servers: readonly ServerProfile[], mapStack: (stack: string) => string): ClusterProfile {
  const root = new Growing(rootPlace('(all)'));
  const prefixes = new Map<string, Growing>();
  for (const { rows } of servers) {
    const places = placesOf(rows, mapStack);
    let row = 0;
    for (let i = 0; i < rows.prefixes.length; i += 1) {
      const prefix = rows.prefixes.at(i);
      const ofPrefix = prefixes.get(prefix) ?? new Growing(rootPlace(prefix));
      prefixes.set(prefix, ofPrefix);
      const end = row + (rows.prefixRows[i] ?? 0);
      // A call is once in the tree of all and once in that of its prefix.
      addRows(rows, places, { from: row, end, trees: [root, ofPrefix] });
      row = end;
    }
  }
  return {
    root: root.done(),
    prefixes: Object.fromEntries(Array.from(prefixes, ([prefix, tree]) => [prefix, tree.done()])),
    intervalMs: Math.max(0, ...servers.map(({ intervalMs }) => intervalMs)),
    problems: Object.fromEntries(servers.flatMap(({ server, problem }) => (problem === '' ? [] : [[server, problem]]))),
  };
}

function addRows(
  rows: ServerProfile['rows'],
  places: readonly Place[],
  { from, end, trees }: { readonly from: number; readonly end: number; readonly trees: readonly Growing[] },
): void {
  for (const tree of trees) {
    const nodes: Growing[] = [];
    for (let row = from; row < end; row += 1) {
      const place = places[rows.frames[row] ?? 0];
      // The first row of a prefix has no caller in it.
      const parent = nodes[(rows.parents[row] ?? 0) - 1 - from] ?? tree;
      const node = place === undefined ? parent : parent.child(place);
      node.selfCount += rows.counts[row] ?? 0;
      node.selfMs += rows.times[row] ?? 0;
      nodes.push(node);
    }
  }
}

function placesOf(rows: ServerProfile['rows'], mapStack: (stack: string) => string): Place[] {
  return Array.from({ length: rows.names.length }, (_, i) => {
    const place = {
      name: rows.names.at(i),
      file: rows.urls.at(rows.urlOf[i] ?? 0),
      line: rows.lines[i] ?? 0,
      column: rows.columns[i] ?? 0,
    };
    return place.file.startsWith('grid-task:') ? mapped(place, mapStack) : place;
  });
}

/** Where the function was written, in place of where it was evaluated. */
function mapped(place: Place, mapStack: (stack: string) => string): Place {
  const { file, line, column } = place;
  const [, original, row, col] =
    /\((.*):(\d+):(\d+)\)$/.exec(mapStack(`    at f (${file}:${String(line)}:${String(column)})`)) ?? [];
  return original === undefined ? place : { ...place, file: original, line: Number(row), column: Number(col) };
}

function rootPlace(name: string): Place {
  return { name, file: '', line: 0, column: 0 };
}
