import { isFuture } from '../future.js';

/** Calls `visit` with each future in nested arrays, plain objects, Maps and Sets; what is in other objects is theirs. */
export function visitFutures(value: unknown, visit: (future: object) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isFuture(value)) visit(value);
  else if (Array.isArray(value) || value instanceof Set) for (const element of value) visitFutures(element, visit);
  else if (value instanceof Map) for (const element of value.values()) visitFutures(element, visit);
  else if (isPlain(value)) for (const element of Object.values(value)) visitFutures(element, visit);
}

/** Whether an object is one of the language's own, without a class. */
export function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
