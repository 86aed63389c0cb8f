import { types } from 'node:util';
import type { CallableValue } from '../values/callable-value.js';
import { classNameOf } from '../values/object-kinds.js';
import { nameOf } from './capture-trail.js';

/** What a value is and how large, without anything of its content. */
export function describeType(value: unknown): string {
  if (typeof value === 'function') return describeFunction(value as CallableValue);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (types.isProxy(value)) return 'Proxy';
  if (Array.isArray(value)) return `Array(${value.length})`;
  if (ArrayBuffer.isView(value)) return `${classNameOf(value)}(${lengthOf(value)})`;
  if (types.isAnyArrayBuffer(value)) return `${classNameOf(value)}(${value.byteLength})`;
  if (types.isMap(value) || types.isSet(value)) return `${classNameOf(value)}(${value.size})`;
  if (types.isModuleNamespaceObject(value)) return 'module';
  return Object.getPrototypeOf(value) === null ? 'Object' : classNameOf(value);
}

function describeFunction(fn: CallableValue): string {
  if (!/^class\b/.test(Function.prototype.toString.call(fn))) return 'function';
  const name = nameOf(fn);
  return name === '' ? 'class' : `class ${name}`;
}

function lengthOf(view: ArrayBufferView): number {
  return 'length' in view ? Number(view.length) : view.byteLength;
}
