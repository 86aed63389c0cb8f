/** What V8 is to be told, by those who may, once a profile has begun. */
export const FORGET_OPTIMIZED = [
  ['Profiler.startPreciseCoverage', { callCount: true, detailed: false }],
  ['Profiler.stopPreciseCoverage', {}],
] as const;

/**
 * Whether V8 may be told to forget the code that it has optimized. It does not find the code of loops that were optimized
 * while they ran, and would count them for their callers; to count calls it goes back to code that is not optimized, and
 * what it optimizes from then on it knows.
 */
export function mayForgetOptimized(): boolean {
  // Somebody else counts calls already, and would lose what was counted.
  return process.env['NODE_V8_COVERAGE'] === undefined;
}
