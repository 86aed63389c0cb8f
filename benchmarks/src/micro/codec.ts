import { decodeValue, encodeValue, MessageCodec, NumberedTexts } from '@grid/protocol';
import type { MessageWith } from '@grid/protocol';

import type { Workload } from '../workload.js';
import { microWorkload } from './timed-loop.js';

const ROWS = 100;

/** What a task may cost in a message, on each side. */
const TASK_US = 1.5;

/** What a batch of tasks costs on its way to a worker, and what one tuple of arguments costs. */
export function codecWorkloads(): Workload[] {
  const codec = new MessageCodec();
  const message = computeTasks();
  // The encoder's memory is used again by the next message, so what is decoded has to be a copy.
  const frames = codec.encode([{ message, requestId: 0 }]).map((frame) => frame.slice());
  const args = [{ name: 'part-17', offset: 4096, columns: ['date', 'delay', 'origin'] }, 0.5];
  const payload = encodeValue(args);
  return [
    microWorkload(
      `message-encode-${ROWS}-tasks`,
      () => () => codec.encode([{ message, requestId: 0 }]),
      TASK_US * ROWS,
    ),
    microWorkload(`message-decode-${ROWS}-tasks`, () => () => codec.decode(frames), TASK_US * ROWS),
    microWorkload('value-encode-arguments', () => () => encodeValue(args)),
    microWorkload('value-decode-arguments', () => () => decodeValue(payload)),
  ];
}

function computeTasks(): MessageWith<'compute-tasks'> {
  const numbers = Uint32Array.from({ length: ROWS }, (_, i) => i);
  const same = new Uint32Array(ROWS).fill(1);
  const bodies = Array.from({ length: ROWS }, (_, i) => encodeValue([i]).body);
  let end = 0;
  return {
    op: 'compute-tasks',
    functions: [],
    workers: [],
    taskIds: numbers,
    runIds: numbers,
    stimulusIds: same,
    functionIds: same,
    priorities: new Float64Array(ROWS),
    generations: new Float64Array(ROWS).fill(1),
    orders: Float64Array.from(numbers),
    flags: same,
    timeoutsMs: null,
    keys: new NumberedTexts('inc-5f0c6a52a1b94c3e-', 0, ROWS),
    args: { block: Buffer.concat(bodies), ends: Uint32Array.from(bodies, (body) => (end += body.length)), buffers: [] },
    dependencies: null,
    resources: null,
    units: [],
    spans: null,
  };
}
