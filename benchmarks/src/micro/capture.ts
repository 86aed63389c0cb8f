import { FunctionEncoder } from '@grid/protocol';

import type { Workload } from '../workload.js';
import { microWorkload } from './timed-loop.js';

/** What it costs to make a closure ready to travel: one that is new each time, and one that was captured before. */
export function captureWorkloads(): Workload[] {
  return [
    microWorkload('capture-new-closure', () => {
      const encoder = new FunctionEncoder();
      return (call) => encoder.capture(adder(call));
    }),
    microWorkload('capture-known-closure', () => {
      const encoder = new FunctionEncoder();
      const known = adder(1);
      return () => encoder.capture(known);
    }),
  ];
}

function adder(offset: number): (x: number) => number {
  return (x) => x + offset;
}
