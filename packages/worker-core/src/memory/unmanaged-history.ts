/** Memory that is no result and has been there for so long is not just a task at work. Milliseconds. */
const OLD_MS = 30_000;

/** Remembers how little memory was in use besides results: what of it is old is the least of the last half minute. */
export class UnmanagedHistory {
  /** In the order of time, and growing: what came before something smaller can never be the least again. */
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** @param at - milliseconds; not before an earlier one */
  add(at: number, bytes: number): void {
    const samples = this.#samples;
    while (samples.length > 0 && (samples.at(-1)?.bytes ?? 0) >= bytes) samples.pop();
    samples.push({ at, bytes });
    while ((samples[0]?.at ?? at) < at - OLD_MS) samples.shift();
  }

  /** The part of the newest sample that was there all the time, in bytes. */
  get old(): number {
    return this.#samples[0]?.bytes ?? 0;
  }
}
