import type { Payload } from '@grid/protocol';

import { toSharedPayload } from '../store/shared-bytes.js';
import type { CodeLoader } from './code-loader.js';
import { ResultWriter } from './result-writer.js';

/** Encodes what a function returned that was run outside of any task. */
export function encodeCalled(result: unknown, code: CodeLoader): Payload {
  const writer = new ResultWriter(code.encoder);
  writer.addResult({ taskId: 0, value: result, start: 0, end: 0 });
  const message = writer.take(false);
  const [, body, buffers] = message?.extra?.large[0] ?? [0, null, []];
  return toSharedPayload({ body: body ?? message?.block ?? new Uint8Array(0), buffers });
}
