const NAME_LENGTH_MAX = 64;

/** The kind of a value, for people: `number`, `Float64Array`, `Trip`. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  try {
    const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
    return typeof name === 'string' && name !== '' ? name.slice(0, NAME_LENGTH_MAX) : 'object';
  } catch {
    // The value is somebody's proxy or has a getter there; what it is called matters to nobody then.
    return 'object';
  }
}
