import { isAbsolute, relative } from 'node:path';
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

/** Says where a function is written: `src/jobs.ts:41`, or nothing if that is not known. */
export type Locate = (fn: CallableValue) => string | undefined;

/** A function, and the way from it to the next one or to what cannot travel: a variable, then properties. */
interface TrailPart {
  readonly fn: CallableValue;
  /** What to call it; `undefined`: as it is called itself. */
  readonly name: string | undefined;
  readonly way: readonly PathStep[];
}

/** The step from an instance to its class. */
const TO_CLASS = '.constructor';

/** The step from a bound function to the one that it calls. */
const TO_TARGET = 'bound function';

/** Makes the error for something that a function holds and that cannot travel. */
export function captureError(
  refusal: Refusal,
  frames: readonly CaptureFrame[],
  path: readonly PathStep[],
  locate: Locate,
): ProtocolError {
  const parts = frames.map(({ fn, name, depth }, i) => {
    return { fn, name, way: path.slice(depth, frames[i + 1]?.depth ?? path.length) };
  });
  const [first] = parts;
  const sent = first === undefined ? 'a value' : functionText(first.fn, locate, first.name);
  const trail = trailOf(parts, locate);
  const lines = trail.length > 1 ? `\n${trail.map((line, i) => `${'  '.repeat(i + 1)}${line}`).join('\n')}` : '';
  const message = `cannot send ${sent} to a worker: ${sentence(refusal.what, culpritOf(parts))}${lines}\n  fix: ${refusal.fix}`;
  const ways = shortened(parts.map(({ way }) => wayText(way)).filter((text) => text !== ''));
  const shown = [...ways.first, ...(ways.left === 0 ? [] : ['…']), ...ways.last].join(' → ');
  const details = { reason: refusal.reason, trail, fix: refusal.fix, path: shown };
  const error = new ProtocolError('GRID_PROTOCOL_CAPTURE', message, { details, cause: refusal.cause });
  // The text says all of it; an uncaught error would show it twice.
  return Object.defineProperty(error, 'details', { enumerable: false });
}

function trailOf(parts: readonly TrailPart[], locate: Locate): string[] {
  const { first, left, last } = shortened(parts);
  const lines = (shown: readonly TrailPart[]): string[] =>
    shown.flatMap(({ fn, name, way }) => [functionText(fn, locate, name), ...trailLine(way)]);
  return left === 0 ? lines(parts) : [...lines(first), `… ${left} functions more …`, ...lines(last)];
}

/** `variable 'db' → .pool → .conn`, or nothing for no step. */
function trailLine(way: readonly PathStep[]): string[] {
  if (way.length === 0) return [];
  const texts = way.map((step) => (typeof step === 'object' ? step.text : pathText('', [step])));
  const { first, left, last } = shortened(texts);
  return [(left === 0 ? texts : [...first, `… ${left} more …`, ...last]).join(' → ')];
}

function shortened<T>(list: readonly T[]): { readonly first: T[]; readonly left: number; readonly last: T[] } {
  const left = list.length - SHOWN.first - SHOWN.last;
  if (left <= 1) return { first: [...list], left: 0, last: [] };
  return { first: list.slice(0, SHOWN.first), left, last: list.slice(-SHOWN.last) };
}

/** What to call the thing that cannot travel; nothing if that is the function itself that was to be sent. */
function culpritOf(parts: readonly TrailPart[]): string | undefined {
  // A function that is itself refused is known by the way to it.
  const way = parts.findLast((part) => part.way.some((step) => !isStep(step, TO_TARGET)))?.way;
  if (way === undefined) return undefined;
  const last = way.at(-1);
  const owner = isStep(last, TO_CLASS) ? parts.at(-1)?.fn : undefined;
  const text = wayText(way);
  if (owner === undefined) return text === '' ? undefined : `'${text}'`;
  // The class of an object is none of the user's business: what does not travel is the object.
  return `${text === '' ? 'it' : `'${text}'`}, an instance of ${nameOf(owner) || 'a class without a name'},`;
}

/** A way as a program would write it: `db.pool.conn`. */
function wayText(way: readonly PathStep[]): string {
  // Programs have no words for these.
  const steps = way.filter((step) => !isStep(step, TO_CLASS) && !isStep(step, TO_TARGET));
  const [head, ...inside] = steps;
  if (typeof head !== 'object') return pathText('', steps);
  return pathText(stepName(head), inside);
}

function isStep(step: PathStep | undefined, text: string): boolean {
  return typeof step === 'object' && step.text === text;
}

/** A step of a way without what kind of step it is. */
export function stepName(step: PathStep): string {
  return typeof step === 'object' ? (/^variable '(.*)'$/.exec(step.text)?.[1] ?? step.text) : pathText('', [step]);
}

/** Refusals speak of `it`. */
function sentence(what: string, culprit: string | undefined): string {
  if (culprit === undefined) return what;
  return what.startsWith('it ') ? `${culprit}${what.slice(2)}` : `${culprit}: ${what}`;
}

/** `function 'score' (src/jobs.ts:41)`, or `the function at src/jobs.ts:41`. */
export function functionText(fn: CallableValue, locate: Locate, called?: string): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function';
  const whole = called ?? nameOf(fn);
  const name = whole.length > NAME_LENGTH_MAX ? `${whole.slice(0, NAME_LENGTH_MAX)}…` : whole;
  const place = locate(fn);
  if (name === '') return place === undefined ? `a ${kind} without a name` : `the ${kind} at ${place}`;
  return `${kind} '${name}'${place === undefined ? '' : ` (${place})`}`;
}

/** Name of a function for people. */
export function nameOf(fn: CallableValue): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

/** A file as one would write it in the folder in which the program was started, and a line counted from 1. */
export function placeText(file: string, line: number): string {
  const path = file.replace(/[?#].*$/, '');
  const inside = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return `${inside.startsWith('..') ? path : inside}:${line}`;
}
