import { basename } from 'node:path';
import { ProtocolError } from '../errors.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CaptureRules } from './capture-rules.js';
import { pathText } from '../values/refusal.js';
import type { PathStep, Refusal } from '../values/refusal.js';

/** Of a long way its beginning and its end are shown: steps of it, and functions. */
const SHOWN = { first: 6, last: 10 } as const;

const NAME_LENGTH_MAX = 60;

/** A function that is being captured. */
export interface CaptureFrame {
  readonly fn: CallableValue;
  /** What to call it; `undefined`: as it is called itself. */
  readonly name: string | undefined;
  /** Depth in the value at which it stands. */
  readonly depth: number;
  /** The function that captures it. */
  readonly around: CaptureFrame | undefined;
  /** What it may capture. */
  readonly rules: CaptureRules;
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
  const subject = first === undefined ? 'a value' : functionText(first.fn, locate, first.name);
  const lines = trail.length > 1 ? `\n${trail.map((line, i) => `${'  '.repeat(i + 1)}${line}`).join('\n')}` : '';
  const message = `cannot send ${subject} to a worker: ${refusal.what}${lines}\n  fix: ${refusal.fix}`;
  const details = { reason: refusal.reason, trail, fix: refusal.fix, path: pathText('', path) };
  return new ProtocolError('GRID_PROTOCOL_CAPTURE', message, { details, cause: refusal.cause });
}

function trailOf(frames: readonly CaptureFrame[], path: readonly PathStep[], locate: Locate): string[] {
  const steps = frames.map(({ fn, name, depth }, i) => ({
    fn,
    name,
    path: path.slice(depth, frames[i + 1]?.depth ?? path.length),
  }));
  const { first, left, last } = shortened(steps);
  const lines = (shown: typeof steps): string[] =>
    shown.flatMap(({ fn, name, path: inside }) => [functionText(fn, locate, name), ...wayText(inside)]);
  return left === 0 ? lines(steps) : [...lines(first), `… ${left} functions more …`, ...lines(last)];
}

/** `variable 'db' → .pool → .conn`, or nothing for no step. */
function wayText(path: readonly PathStep[]): string[] {
  if (path.length === 0) return [];
  const texts = path.map((step) => (typeof step === 'object' ? step.text : pathText('', [step])));
  const { first, left, last } = shortened(texts);
  return [(left === 0 ? texts : [...first, `… ${left} more …`, ...last]).join(' → ')];
}

function shortened<T>(list: readonly T[]): { readonly first: T[]; readonly left: number; readonly last: T[] } {
  const left = list.length - SHOWN.first - SHOWN.last;
  if (left <= 1) return { first: [...list], left: 0, last: [] };
  return { first: list.slice(0, SHOWN.first), left, last: list.slice(-SHOWN.last) };
}

/** `function 'score' (jobs.ts:41)`. */
export function functionText(fn: CallableValue, locate: Locate, called?: string): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function';
  const whole = called ?? nameOf(fn);
  const name = whole.length > NAME_LENGTH_MAX ? `${whole.slice(0, NAME_LENGTH_MAX)}…` : whole;
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
