import { containerKind, forEachChild, type ContainerKind } from './container.js';
import { isTaskRef, type TaskRefLike } from './task-ref.js';

/** Gives what shall stand in place of a reference. Called once for each place where one stands. */
export type ResolveRef = (ref: TaskRefLike) => unknown;

/**
 * `value` with each reference replaced by what `resolve` gives for it.
 *
 * The input is not changed. Parts without references are shared with it rather than copied; parts that occur in
 * several places, or contain themselves, do so in the output as well.
 */
export function substituteRefs(value: unknown, resolve: ResolveRef): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isTaskRef(value)) return resolve(value);
  const kind = containerKind(value);
  if (kind === undefined) return value;
  return kind === 'array' && isFlat(value as readonly unknown[])
    ? substituteFlat(value as readonly unknown[], resolve)
    : substituteNested(value, kind, resolve);
}

/** {@link substituteRefs} for an argument list, which stays one. */
export function substituteArgs(args: readonly unknown[], resolve: ResolveRef): readonly unknown[] {
  return substituteRefs(args, resolve) as readonly unknown[];
}

function isFlat(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value !== 'object' || value === null || isTaskRef(value));
}

function substituteFlat(values: readonly unknown[], resolve: ResolveRef): readonly unknown[] {
  return values.some(isTaskRef) ? values.map((value) => (isTaskRef(value) ? resolve(value) : value)) : values;
}

/** One container on the way, and the containers that hold it. */
interface Node {
  readonly container: object;
  readonly kind: ContainerKind;
  readonly holders: Node[];
  /** The copy, once it is known that one is needed: there is a reference in here or below. */
  copy: object | undefined;
}

function substituteNested(root: object, kind: ContainerKind, resolve: ResolveRef): unknown {
  const { nodes, holders } = discover(root, kind);
  const copied = copyUpwards(holders);
  for (const node of copied) fill(node, nodes, resolve);
  return nodes.get(root)?.copy ?? root;
}

/** All containers that can be reached, and those that hold a reference themselves. */
function discover(root: object, kind: ContainerKind): { nodes: Map<object, Node>; holders: Node[] } {
  const first: Node = { container: root, kind, holders: [], copy: undefined };
  const nodes = new Map<object, Node>([[root, first]]);
  const holders: Node[] = [];
  const stack = [first];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const holder = node;
    let holdsRef = false;
    forEachChild(node.container, node.kind, (child) => {
      if (typeof child !== 'object' || child === null) return;
      if (isTaskRef(child)) {
        holdsRef = true;
        return;
      }
      const known = nodes.get(child);
      if (known !== undefined) {
        known.holders.push(holder);
        return;
      }
      const childKind = containerKind(child);
      if (childKind === undefined) return;
      const found: Node = { container: child, kind: childKind, holders: [holder], copy: undefined };
      nodes.set(child, found);
      stack.push(found);
    });
    if (holdsRef) holders.push(node);
  }
  return { nodes, holders };
}

/** Gives a copy to each node that holds a reference and to all that hold such a node, at any distance. */
function copyUpwards(holders: readonly Node[]): Node[] {
  const copied: Node[] = [];
  const stack = [...holders];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.copy !== undefined) continue;
    node.copy = emptyCopy(node);
    copied.push(node);
    for (const holder of node.holders) stack.push(holder);
  }
  return copied;
}

function emptyCopy({ container, kind }: Node): object {
  if (kind === 'array') return [];
  if (kind === 'map') return new Map();
  if (kind === 'set') return new Set();
  // Spreading keeps an own property named `__proto__` a property.
  const copy = { ...container };
  return Object.getPrototypeOf(container) === null ? (Object.setPrototypeOf(copy, null) as object) : copy;
}

function fill(node: Node, nodes: ReadonlyMap<object, Node>, resolve: ResolveRef): void {
  const replace = (child: unknown): unknown => {
    if (typeof child !== 'object' || child === null) return child;
    if (isTaskRef(child)) return resolve(child);
    return nodes.get(child)?.copy ?? child;
  };
  const { container, copy } = node;
  if (node.kind === 'array') {
    const target = copy as unknown[];
    for (const child of container as readonly unknown[]) target.push(replace(child));
  } else if (node.kind === 'map') {
    const target = copy as Map<unknown, unknown>;
    for (const [key, value] of container as ReadonlyMap<unknown, unknown>) target.set(replace(key), replace(value));
  } else if (node.kind === 'set') {
    const target = copy as Set<unknown>;
    for (const element of container as ReadonlySet<unknown>) target.add(replace(element));
  } else {
    const source = container as Readonly<Record<string, unknown>>;
    const target = copy as Record<string, unknown>;
    for (const name of Object.keys(source)) target[name] = replace(source[name]);
  }
}
