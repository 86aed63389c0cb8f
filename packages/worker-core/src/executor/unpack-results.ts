import type { Payload } from '@grid/protocol';

import { PackedPayload } from '../store/packed-payload.js';
import { countForCollector } from '../store/count-for-collector.js';
import type { RunTimes } from './executor.js';
import { DONE, type DoneExtra, type DoneMessage } from './thread-messages.js';

const NOTHING_LARGE: DoneExtra['large'] = [];

/** One result out of a thread's message. */
export interface UnpackedResult {
  readonly taskId: number;
  readonly payload: Payload;
  readonly typeName: string;
  readonly times: RunTimes;
}

/**
 * Hands out the results of a message, in order. Small bodies are views of the message's block.
 *
 * @param typeNames - the names that this thread has sent so far; those of this message are added
 */
export function unpackResults(
  typeNames: string[],
  message: DoneMessage,
  onResult: (result: UnpackedResult) => void,
): void {
  const { rows, block, extra } = message;
  if (extra !== undefined) typeNames.push(...extra.newTypes);
  const large = extra?.large ?? NOTHING_LARGE;
  let nextLarge = 0;
  let bodyStart = 0;
  for (let row = 0; row * DONE.width < rows.length; row += 1) {
    const offset = row * DONE.width;
    const bodyEnd = rows[offset + DONE.bodyEnd] as number;
    const largeParts = large[nextLarge]?.[0] === row ? large[nextLarge] : undefined;
    if (largeParts !== undefined) {
      nextLarge += 1;
      largeParts[2].forEach(countForCollector);
    }
    onResult({
      taskId: rows[offset + DONE.taskId] as number,
      payload:
        largeParts === undefined
          ? new PackedPayload(block, bodyStart, bodyEnd)
          : { body: largeParts[1] ?? block.subarray(bodyStart, bodyEnd), buffers: largeParts[2] },
      typeName: typeNames[rows[offset + DONE.typeIndex] as number] ?? 'object',
      times: { start: rows[offset + DONE.start] as number, duration: rows[offset + DONE.duration] as number },
    });
    bodyStart = bodyEnd;
  }
}
