/**
 * Where the built file lies that a thread starts with. Right in the built package only: this file's compiled form is at the top of
 * `dist`, and the entry below it.
 */
export function defaultThreadEntry(): URL {
  return new URL('./executor/thread-entry.js', import.meta.url);
}
