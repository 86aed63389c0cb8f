import { inspect } from 'node:util';

/** The names of all options of one kind, so that none can be forgotten. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * What is wrong with options as a whole; `null`: nothing. A name that is mistyped, or a list in place of options, would
 * otherwise be a wish that nobody hears.
 */
export function problemWithOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
): string | null {
  if (typeof options !== 'object' || (options as object | null) === null || Array.isArray(options))
    return `options are an object, with some of ${list(names)}; this is ${inspect(options, { depth: 0 })}`;
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) return `there is no option ${name}; there are ${list(names)}`;
  }
  return null;
}

function list(names: object): string {
  return Object.keys(names).join(', ');
}
