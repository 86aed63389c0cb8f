/** The `n` greatest, greatest first. Those with equal scores stand in the order of their names, on every run. */
export function topOf<T>(
  n: number,
  entries: Iterable<readonly [string, T]>,
  score: (value: T) => number,
): [string, T][] {
  return Array.from(entries, ([name, value]): [string, T] => [name, value])
    .sort(([a, x], [b, y]) => score(y) - score(x) || (a < b ? -1 : 1))
    .slice(0, n);
}
