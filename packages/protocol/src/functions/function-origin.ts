import type { CallableValue } from '../values/callable-value.js';
import type { InspectedFunction } from './inspect-function.js';
import type { FunctionOrigin } from './unit-builder.js';

/** Where a function was written. */
export function originOf(fn: CallableValue, inspected: InspectedFunction): FunctionOrigin {
  return { text: Function.prototype.toString.call(fn), location: inspected.location };
}
