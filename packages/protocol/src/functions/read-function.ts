import type { CallableValue } from '../values/callable-value.js';
import type { Analysis } from './analyze.js';
import type { InspectedFunction } from './inspect-function.js';

/** A function to write, with all that is known of it. */
export interface ReadFunction {
  readonly fn: CallableValue;
  readonly text: string;
  readonly analysis: Analysis;
  readonly inspected: InspectedFunction;
}
