/**
 * Tells whether awaiting a value would call a method of it, or a getter: what bytes of another process chose would then
 * run as soon as an async function returns the value. Looks without running anything.
 */
export function hasThen(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, 'then');
    if (property !== undefined) return property.get !== undefined || typeof property.value === 'function';
  }
  return false;
}
