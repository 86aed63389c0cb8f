import type { CallableValue } from '../values/callable-value.js';

/** Where a function of a user's script was written: in a package, or in an own file. */
export interface BundleOrigin {
  readonly package: string | undefined;
}

/** Says where functions were written, for errors and reports. */
export interface PlaceFinder {
  /** `src/jobs.ts:41`, if that can be found out. */
  placeOf(fn: CallableValue): string | undefined;
  /** Nothing for what does not lie in a user's script: only such a one may be a bundle. */
  bundleOriginOf(fn: CallableValue): BundleOrigin | undefined;
}

/** For captures of which nobody sees the errors. */
export const NO_PLACES: PlaceFinder = { placeOf: () => undefined, bundleOriginOf: () => undefined };
