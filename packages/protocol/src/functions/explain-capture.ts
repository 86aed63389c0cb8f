import { isGridError } from '@grid/common';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeEncoder } from '../values/code-port.js';
import { payloadBytes } from '../values/payload.js';
import { ValueEncoder } from '../values/value-encoder.js';
import type { Writer } from '../values/writer.js';
import type { CaptureControl } from './capture-control.js';
import { CaptureReport } from './capture-report.js';
import type { CaptureProblem } from './capture-node.js';
import type { CaptureTools } from './capture-tools.js';
import { nameOf } from './capture-trail.js';
import type { ExplainOptions } from './explain-options.js';
import type { PlaceFinder } from './place-finder.js';
import { ReportBuilder } from './report-builder.js';
import { ReportSession } from './report-session.js';

/** What explaining shares with the encoder that would send. */
export interface ExplainParts {
  readonly tools: CaptureTools;
  readonly places: PlaceFinder;
}

/**
 * Goes through all that a function or value would take along to a worker, and reports on it. Encodes it once, so it takes
 * as long as sending it would.
 */
export function explainCapture(
  { tools, places }: ExplainParts,
  value: unknown,
  { referenceOf }: ExplainOptions = {},
): CaptureReport {
  const isFunction = typeof value === 'function';
  const name = isFunction ? nameOf(value as CallableValue) : 'value';
  // Only what is an argument may hold what stands for a result; a function that captures such a thing is refused.
  const references = isFunction ? {} : { referenceOf };
  const report = new ReportBuilder(name, value);
  const code: CodeEncoder = { begin: (writer) => newSession({ tools, places }, writer, report) };
  let bytes = 0;
  let problem: CaptureProblem | undefined;
  try {
    bytes = payloadBytes(new ValueEncoder().encode(value, { code, exact: isFunction, rootName: name, ...references }));
  } catch (error) {
    if (!isGridError(error)) throw error;
    const { reason } = error.details;
    problem = { reason: typeof reason === 'string' ? reason : error.code, message: error.message };
  }
  return new CaptureReport({ ...report.finish(bytes), bytes, problem });
}

function newSession({ tools, places }: ExplainParts, writer: Writer, report: ReportBuilder): ReportSession {
  let counted = 0;
  let bufferBytes = 0;
  report.written = (): number => {
    const buffers = writer.buffers.take();
    for (; counted < buffers.length; counted++) bufferBytes += (buffers[counted] as Uint8Array).byteLength;
    return writer.sink.length + bufferBytes;
  };
  return new ReportSession({ tools, control: newControl(), places, report }, writer);
}

function newControl(): CaptureControl {
  return {
    allowWrites: false,
    learnConstants: false,
    repeatable: true,
    assigns: false,
    // Nothing is sent, so no class is given an identity.
    contentOf: undefined,
    hashesOf: undefined,
    onFinish: () => undefined,
  };
}
