import { Refusal } from './refusal.js';

/** Names of views, by index on the wire. New ones go to the end. */
export const VIEW_KINDS = [
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
  'Buffer',
  'Float16Array',
] as const;

/** A name of {@link VIEW_KINDS}. */
export type ViewKind = (typeof VIEW_KINDS)[number];

const ELEMENT_SIZES: Readonly<Record<ViewKind, number>> = {
  Uint8Array: 1,
  Int8Array: 1,
  Uint8ClampedArray: 1,
  Int16Array: 2,
  Uint16Array: 2,
  Int32Array: 4,
  Uint32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
  DataView: 1,
  Buffer: 1,
  Float16Array: 2,
};

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** What kind of view it is, by its internal slot: a subclass or another realm's view has the kind of its base. */
export function viewKind(view: ArrayBufferView): ViewKind {
  const name = Reflect.get(typedArrayPrototype, Symbol.toStringTag, view) as string | undefined;
  if (name === undefined) return 'DataView';
  if (name === 'Uint8Array' && Buffer.isBuffer(view)) return 'Buffer';
  const kind = VIEW_KINDS.find((known) => known === name);
  if (kind === undefined) throw new Refusal('VIEW', `it is a ${name}`, 'send it as one of the older typed arrays');
  return kind;
}

/** Bytes of one element of a view, and what its place in memory must be a multiple of. */
export function elementSize(kind: ViewKind): number {
  return ELEMENT_SIZES[kind];
}
