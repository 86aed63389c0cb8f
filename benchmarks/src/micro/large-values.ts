import { decodeValue, encodeValue, FunctionDecoder, FunctionEncoder } from '@grid/protocol';
import { makeTable } from 'apache-arrow';
import type { Table } from 'apache-arrow';

import type { Workload } from '../workload.js';
import { microWorkload } from './timed-loop.js';

const NUMBERS = 12_500_000;

/** What the codec does with values of 100 MB, whose bytes it never touches. */
export function largeValueWorkloads(): Workload[] {
  return [
    microWorkload('typed-array-100mb-encode', () => encoding(new Float64Array(NUMBERS)), 10),
    microWorkload('typed-array-100mb-decode', () => decoding(new Float64Array(NUMBERS)), 10),
    microWorkload('arrow-100mb-encode', () => encoding(arrowTable()), 1000),
    microWorkload('arrow-100mb-decode', () => decoding(arrowTable()), 1000),
  ];
}

function encoding(value: unknown): () => unknown {
  const code = new FunctionEncoder();
  return () => encodeValue(value, { code });
}

async function decoding(value: unknown): Promise<() => unknown> {
  const payload = encodeValue(value, { code: new FunctionEncoder() });
  const code = new FunctionDecoder({ root: process.cwd() });
  await code.prepare(payload);
  return () => decodeValue(payload, { code });
}

/** Ten columns of numbers. */
function arrowTable(): Table {
  const columns = Array.from({ length: 10 }, (_, i) => [`column${i}`, new Float64Array(NUMBERS / 10)] as const);
  return makeTable(Object.fromEntries(columns));
}
