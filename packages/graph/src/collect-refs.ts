import type { Key } from '@grid/common';
import { containerKind, forEachChild } from './container.js';
import { isTaskRef } from './task-ref.js';

/**
 * The keys of all references in `value`, each once, in the order in which a reader meets them.
 *
 * Looks into arrays, plain objects, Maps (keys too) and Sets, at any depth; class instances are opaque. Neither
 * circles in the value nor its depth do harm.
 */
export function collectRefs(value: unknown): Key[] {
  const keys: Key[] = [];
  if (typeof value !== 'object' || value === null) return keys;
  if (Array.isArray(value) && collectFlat(value, keys)) return keys;
  keys.length = 0;
  collectNested(value, keys);
  return keys;
}

// Below this number of references a linear search beats a Set.
const LINEAR_SEARCH_MAX = 8;

/** Most arguments are a short list of primitives and references: no stack and no Set for those. */
function collectFlat(values: readonly unknown[], keys: Key[]): boolean {
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue;
    if (!isTaskRef(value) || keys.length > LINEAR_SEARCH_MAX) return false;
    if (!keys.includes(value.key)) keys.push(value.key);
  }
  return true;
}

function collectNested(root: object, keys: Key[]): void {
  const found = new Set<Key>();
  const seen = new Set<object>();
  const stack: object[] = [root];
  const push = (child: unknown): void => {
    if (typeof child === 'object' && child !== null) stack.push(child);
  };
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (isTaskRef(value)) {
      if (found.has(value.key)) continue;
      found.add(value.key);
      keys.push(value.key);
      continue;
    }
    if (seen.has(value)) continue;
    const kind = containerKind(value);
    if (kind === undefined) continue;
    seen.add(value);
    const start = stack.length;
    forEachChild(value, kind, push);
    reverseFrom(stack, start);
  }
}

/** The first child must be popped first. */
function reverseFrom(stack: object[], start: number): void {
  for (let low = start, high = stack.length - 1; low < high; low += 1, high -= 1) {
    const value = stack[low] as object;
    stack[low] = stack[high] as object;
    stack[high] = value;
  }
}
