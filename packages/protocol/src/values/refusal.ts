import { ProtocolError } from '../errors.js';

/** One step of a path from a value to something inside it. */
export type PathStep = string | number | symbol | { readonly text: string };

/** Thrown by whoever finds something that cannot travel, before anybody knows where it is. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** What it is, as in "it is a Promise". */
  readonly what: string;
  /** What the user can do instead. */
  readonly fix: string;
  /** The short name of the case, such as `PROMISE`. */
  readonly reason: string;

  constructor(reason: string, what: string, fix: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.what = what;
    this.fix = fix;
  }
}

/** Turns a refusal into the error that users see. */
export function refusalError(refusal: Refusal, root: string, path: readonly PathStep[]): ProtocolError {
  const where = pathText(root, path);
  const details = { path: where, reason: refusal.reason, fix: refusal.fix };
  const message = `cannot serialise ${where}: ${refusal.what}\n  fix: ${refusal.fix}`;
  const error = new ProtocolError('GRID_PROTOCOL_UNSERIALIZABLE', message, { details, cause: refusal.cause });
  // The text says all of it; an uncaught error would show it twice.
  return Object.defineProperty(error, 'details', { enumerable: false });
}

/** Writes a path as a program would: `result.rows[3].cb`. Long paths keep their beginning and end. */
export function pathText(root: string, path: readonly PathStep[]): string {
  const kept = path.length > 24 ? [...path.slice(0, 8), { text: ' … ' }, ...path.slice(-12)] : path;
  return root + kept.map(stepText).join('');
}

function stepText(step: PathStep): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'symbol') return `[${String(step)}]`;
  if (typeof step === 'object') return step.text;
  if (/^[A-Za-z_$][\w$]*$/.test(step)) return `.${step}`;
  return `[${JSON.stringify(step.length > 40 ? `${step.slice(0, 40)}…` : step)}]`;
}
