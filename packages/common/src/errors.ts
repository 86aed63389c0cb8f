/** Marks a GridError across copies of this package and across realms, where `instanceof` lies. */
const GRID_ERROR = Symbol.for('grid.error');

/** JSON-safe facts that belong to an error: the address, the key, the limit. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface GridErrorOptions {
  /** Facts for programs and logs. Never user data. */
  readonly details?: ErrorDetails;
  /** What led to this error. */
  readonly cause?: unknown;
}

/**
 * An error that a program can tell apart by its {@link GridError.code | code}, without reading its text.
 *
 * Each package has one subclass with a closed union of codes. Test with {@link isGridError}, never with
 * `instanceof`: two copies of a package, a thread or a test realm each have a class of their own.
 */
export class GridError<Code extends string = string> extends Error {
  /** Stable and public: `GRID_<PACKAGE>_<CASE>`. */
  readonly code: Code;
  /** JSON-safe facts about this case. */
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, options: GridErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, GRID_ERROR, { value: true });
    // The code belongs to the heading of a stack, since logs often show nothing else.
    this.name = `${new.target.name} [${code}]`;
  }
}

/** Tells whether `error` is a {@link GridError}, from whichever copy or realm, and, if given, has this `code`. */
export function isGridError<Code extends string = string>(error: unknown, code?: Code): error is GridError<Code> {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[GRID_ERROR] === true &&
    (code === undefined || (error as { code?: unknown }).code === code)
  );
}

/** What can go wrong with the words and settings that all packages share. */
export type CommonErrorCode =
  | 'GRID_COMMON_BAD_DURATION'
  | 'GRID_COMMON_BAD_SIZE'
  | 'GRID_COMMON_TIMEOUT'
  /** A module that a worker loads does what only the program itself should do. */
  | 'GRID_COMMON_MODULE_LOAD';

/** An error of `@grid/common`. */
export class CommonError extends GridError<CommonErrorCode> {}

/** Text of anything that was thrown, for a person: also of `null`, of strings and of errors of other realms. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && typeof (thrown as { message?: unknown }).message === 'string') {
    return (thrown as { message: string }).message;
  }
  try {
    return String(thrown);
  } catch {
    return 'a value that cannot be printed';
  }
}
