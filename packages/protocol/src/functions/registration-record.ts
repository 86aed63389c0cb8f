/** A serializer on its way with functions, so that workers can open their arguments. */
export interface RegistrationRecord {
  /** Name of the serializer. */
  readonly registration: string;
  /** The class and its serializer as an encoded value with code, a character a byte. */
  readonly body: string;
}

/** Tells whether what was received is a serializer on its way. */
export function isRegistrationRecord(value: unknown): value is RegistrationRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { registration, body } = value as Readonly<Record<string, unknown>>;
  return typeof registration === 'string' && typeof body === 'string';
}
