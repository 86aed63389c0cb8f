import type { CallableValue } from '../values/callable-value.js';
import type { CaptureNode, WayToTravel } from './capture-node.js';
import { describeType } from './describe-type.js';
import { referenceLabel, referenceSource } from './references.js';
import type { Reference } from './references.js';

/** A node while the tree grows. */
class OpenNode {
  readonly name: string;
  /** What it stands for, to tell it from what lies inside. */
  readonly value: unknown;
  /** Depth in the value at which its content begins. */
  depth: number;
  type: string;
  isCode = false;
  travels: WayToTravel = 'value';
  place: string | undefined;
  reference: Reference | undefined;
  bytes = 0;
  problem: string | undefined;
  /** What the text of this function uses. */
  uses: FunctionUses | undefined;
  children: OpenNode[] = [];

  constructor(name: string, depth: number, value: unknown) {
    this.name = name;
    this.depth = depth;
    this.value = value;
    this.type = describeType(value);
  }
}

/** What the text of a function uses of its surroundings. */
export interface FunctionUses {
  readonly variables: readonly { readonly name: string; readonly value: unknown }[];
  readonly globals: readonly string[];
  readonly textBytes: number;
}

/** A finished tree, and what its functions need of a worker. */
export interface BuiltReport {
  readonly root: CaptureNode;
  readonly references: readonly string[];
  readonly globals: readonly string[];
}

/** Grows the tree of what is captured, in the order in which it is written. */
export class ReportBuilder {
  /** Tells how many bytes have been written so far. Set when writing begins. */
  written = (): number => 0;
  readonly #root: OpenNode;
  readonly #open: OpenNode[];
  readonly #seen = new Set<unknown>();

  constructor(rootName: string, value: unknown) {
    this.#root = new OpenNode(rootName, 0, value);
    this.#open = [this.#root];
  }

  /** The node that is being written. */
  get current(): Pick<OpenNode, 'depth' | 'isCode'> {
    return this.#current;
  }

  get #current(): OpenNode {
    return this.#open.at(-1) ?? this.#root;
  }

  /** Writes a variable or property of the current node; the parts of one, such as its key, come one after the other. */
  child(name: string, depth: number, value: unknown, write: () => void): void {
    const last = this.#current.children.at(-1);
    if (last?.name === name) this.#current.children.pop();
    // Every class says what its superclass is, also those that have none.
    if (value === undefined && name === 'superclass') return write();
    const node = new OpenNode(name, depth, value);
    node.bytes = last?.name === name ? last.bytes : 0;
    if (this.#seen.has(value)) node.travels = 'shared';
    else if (typeof value === 'object' && value !== null) this.#seen.add(value);
    this.#within(node, write);
  }

  /** Writes a function or class: what the current node stands for, or something inside of it, at the path `name`. */
  code(fn: CallableValue, where: { readonly name: string; readonly depth: number }, write: () => void): void {
    this.#seen.add(fn);
    if (where.name !== '') return this.#within(new OpenNode(where.name, where.depth, fn), () => this.#asCode(write));
    this.#current.depth = where.depth;
    this.#asCode(write);
  }

  /** Says where the function or class is written that is the current node. */
  isAt(place: string | undefined): void {
    this.#current.place = place;
  }

  /** Says that the current node is something that the worker loads. */
  isReference(reference: Reference): void {
    const node = this.#current;
    node.travels = 'reference';
    node.reference = reference;
    node.children = [];
    node.uses = undefined;
  }

  /** Notes an object that is the same thing in every process: the current node, or something inside of it. */
  known(value: object, text: string, travels: 'global' | 'reference', reference?: Reference): void {
    let node = this.#current;
    if (node.value !== value) {
      node = new OpenNode(text, node.depth, value);
      this.#current.children.push(node);
    }
    node.travels = travels;
    node.reference = reference;
    if (travels === 'global') node.type = text;
  }

  /** Notes what the function uses that is the current node. */
  uses(uses: FunctionUses): void {
    this.#current.uses = uses;
    for (const node of this.#open) node.bytes += uses.textBytes;
  }

  finish(bytes: number): BuiltReport {
    const references = new Set<string>();
    const globals = new Set<string>();
    const root = collect(this.#root, references, globals);
    return {
      root: { ...root, bytes: root.travels === 'value' ? bytes : 0 },
      references: [...references].sort(),
      globals: [...globals].sort(),
    };
  }

  #asCode(write: () => void): void {
    const node = this.#current;
    node.isCode = true;
    this.#noting(write);
    // Variables of a module are written with the first function that uses them.
    for (const { name, value } of node.uses?.variables ?? []) {
      if (node.children.some((child) => child.name === name || child.name.startsWith(`${name}.`))) continue;
      const known = new OpenNode(name, node.depth, value);
      known.travels = 'shared';
      node.children.push(known);
    }
  }

  #within(node: OpenNode, write: () => void): void {
    this.#current.children.push(node);
    this.#open.push(node);
    const start = this.written();
    try {
      this.#noting(write);
    } finally {
      this.#open.pop();
      node.bytes += this.written() - start;
    }
  }

  /** The innermost node says why it cannot travel. */
  #noting(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (error instanceof Error && !hasProblem(this.#root)) this.#current.problem = error.message;
      throw error;
    }
  }
}

function hasProblem({ problem, children }: OpenNode): boolean {
  // Only the last branch can have been left in the middle.
  const last = children.at(-1);
  return problem !== undefined || (last !== undefined && hasProblem(last));
}

function collect(node: OpenNode, references: Set<string>, globals: Set<string>): CaptureNode {
  const { name, type, travels, place, reference, problem } = node;
  if (reference !== undefined) references.add(referenceSource(reference));
  if (travels === 'global') globals.add(type);
  for (const global of node.uses?.globals ?? []) globals.add(global);
  return {
    name,
    type,
    travels,
    ...(place === undefined ? {} : { place }),
    ...(reference === undefined ? {} : { reference: referenceLabel(reference) }),
    bytes: travels === 'value' ? node.bytes : 0,
    ...(problem === undefined ? {} : { problem }),
    children: node.children.map((child) => collect(child, references, globals)),
  };
}
