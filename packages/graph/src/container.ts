import { types } from 'node:util';

/** Which kind of value that may hold references to other tasks' results. Everything else is opaque. */
export type ContainerKind = 'array' | 'record' | 'map' | 'set';

/**
 * Tells what kind of container `value` is, or `undefined` if it is opaque: class instances, also those that extend
 * Array, Map or Set, are the user's business.
 */
export function containerKind(value: object): ContainerKind | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return 'array';
  if (prototype === Object.prototype) return 'record';
  // The exports of a module are not the user's data, and reading them may throw while the module still loads.
  if (prototype === null) return types.isModuleNamespaceObject(value) ? undefined : 'record';
  if (prototype === Map.prototype) return 'map';
  if (prototype === Set.prototype) return 'set';
  return foreignKind(value, prototype as object);
}

/** Containers of another realm have other prototypes, at the same distance from the end of the chain. */
function foreignKind(value: object, prototype: object): ContainerKind | undefined {
  const parent: unknown = Object.getPrototypeOf(prototype);
  if (parent === null) return Object.hasOwn(prototype, 'isPrototypeOf') ? 'record' : undefined;
  if (Object.getPrototypeOf(parent) !== null) return undefined;
  if (Array.isArray(value)) return 'array';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  return undefined;
}

/** Calls `visit` with each child of a container: elements, values of own enumerable properties, keys and values. */
export function forEachChild(container: object, kind: ContainerKind, visit: (child: unknown) => void): void {
  if (kind === 'array') {
    const array = container as readonly unknown[];
    for (let i = 0; i < array.length; i += 1) visit(array[i]);
  } else if (kind === 'record') {
    const record = container as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(record)) visit(record[name]);
  } else if (kind === 'map') {
    for (const [key, value] of container as ReadonlyMap<unknown, unknown>) {
      visit(key);
      visit(value);
    }
  } else {
    for (const element of container as ReadonlySet<unknown>) visit(element);
  }
}
