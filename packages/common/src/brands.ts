declare const brand: unique symbol;

/** A string or number that must not be mixed up with another of the same primitive type. */
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The cluster-wide name of a task. Same key, same task. */
export type Key = Brand<string, 'Key'>;

/** Where a peer listens: `scheme://location`, in the form that `@grid/comm` prints. */
export type Address = Brand<string, 'Address'>;

/** A span of time in milliseconds. */
export type Millis = Brand<number, 'Millis'>;

/** A number of bytes. */
export type Bytes = Brand<number, 'Bytes'>;

/** Takes `text` as a key. Made at borders only: from user input or from the wire. */
export function asKey(text: string): Key {
  return text as Key;
}

/** Takes `text` as an address that has been parsed and printed before. */
export function asAddress(text: string): Address {
  return text as Address;
}

/** Takes `value` as milliseconds. */
export function asMillis(value: number): Millis {
  return value as Millis;
}

/** Takes `value` as a number of bytes. */
export function asBytes(value: number): Bytes {
  return value as Bytes;
}
