import { basename } from 'node:path';
import { ProtocolError } from '../errors.js';
import type { CallableValue } from '../values/callable-value.js';
import { pathText } from '../values/refusal.js';
import type { PathStep, Refusal } from '../values/refusal.js';

/** A function that is being captured. */
export interface CaptureFrame {
  readonly fn: CallableValue;
  /** Depth in the value at which it stands. */
  readonly depth: number;
}

/** Says where a function is written: `jobs.ts:41`, or nothing if that is not known. */
export type Locate = (fn: CallableValue) => string | undefined;

/** Makes the error for something that a function holds and that cannot travel. */
export function captureError(
  refusal: Refusal,
  frames: readonly CaptureFrame[],
  path: readonly PathStep[],
  locate: Locate,
): ProtocolError {
  const trail = trailOf(frames, path, locate);
  const [first] = frames;
  const subject = first === undefined ? 'a value' : functionText(first.fn, locate);
  const lines = trail.length > 1 ? `\n${trail.map((line, i) => `${'  '.repeat(i + 1)}${line}`).join('\n')}` : '';
  const message = `cannot send ${subject} to a worker: ${refusal.what}${lines}\n  fix: ${refusal.fix}`;
  const details = { reason: refusal.reason, trail, fix: refusal.fix, path: pathText('', path) };
  return new ProtocolError('GRID_PROTOCOL_CAPTURE', message, { details, cause: refusal.cause });
}

function trailOf(frames: readonly CaptureFrame[], path: readonly PathStep[], locate: Locate): string[] {
  const trail: string[] = [];
  frames.forEach((frame, i) => {
    trail.push(functionText(frame.fn, locate));
    const until = frames[i + 1]?.depth ?? path.length;
    const [variable, ...inside] = path.slice(frame.depth, until);
    if (variable === undefined) return;
    const head = typeof variable === 'object' ? variable.text : pathText('', [variable]);
    trail.push([head, ...inside.map((step) => pathText('', [step]))].join(' → '));
  });
  return trail;
}

/** `function 'score' (jobs.ts:41)`. */
export function functionText(fn: CallableValue, locate: Locate): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function';
  const name = nameOf(fn);
  const place = locate(fn);
  return `${kind} ${name === '' ? 'without a name' : `'${name}'`}${place === undefined ? '' : ` (${place})`}`;
}

/** Name of a function for people. */
export function nameOf(fn: CallableValue): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

/** The last part of a URL or path, and a line counted from 1. */
export function placeText(url: string, line: number): string {
  return `${basename(url.replace(/[?#].*$/, ''))}:${line}`;
}
