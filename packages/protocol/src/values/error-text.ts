/** Messages and stacks beyond this many characters are cut: an error must never be larger than what it is about. */
export const MAX_ERROR_TEXT = 10_000;

/** What can be told of anything that was thrown without running its code any further. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  /** Missing where what was thrown has none. */
  readonly stack?: string;
}

/** Describes anything that was thrown, in texts of bounded size. Never throws. */
export function errorText(thrown: unknown): ErrorText {
  if (typeof thrown !== 'object' || thrown === null) {
    return { name: thrown === null ? 'null' : typeof thrown, message: cutText(printed(thrown)) };
  }
  const message = readText(thrown, 'message');
  const stack = readText(thrown, 'stack');
  const text = { name: readText(thrown, 'name') ?? 'Error', message: message ?? cutText(printed(thrown)) };
  return stack === undefined ? text : { ...text, stack };
}

/** Cuts a text that is too long and says so. */
export function cutText(text: string): string {
  if (text.length <= MAX_ERROR_TEXT) return text;
  return `${text.slice(0, MAX_ERROR_TEXT)}… (${text.length - MAX_ERROR_TEXT} more characters were cut)`;
}

function readText(thrown: object, key: 'name' | 'message' | 'stack'): string | undefined {
  try {
    const value: unknown = (thrown as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? cutText(value) : undefined;
  } catch {
    return undefined;
  }
}

function printed(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'a value that cannot be printed';
  }
}
