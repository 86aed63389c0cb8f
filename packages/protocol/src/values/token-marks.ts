/** Version of the canonical form, the first byte of it: whoever changes the form raises it, so that old keys match nothing. */
export const TOKEN_VERSION = 1;

/** Letters of the canonical form. They are part of every key that content determines: never give one a new meaning. */
export const MARK = {
  undefined: 1,
  null: 2,
  true: 3,
  false: 4,
  number: 5,
  bigint: 6,
  string: 7,
  symbol: 8,
  array: 9,
  hole: 10,
  object: 11,
  map: 12,
  set: 13,
  date: 14,
  regexp: 15,
  error: 16,
  view: 17,
  arrayBuffer: 18,
  url: 19,
  boxed: 20,
  cycle: 21,
  reference: 22,
  function: 23,
  registered: 24,
  instance: 25,
  own: 26,
  nullObject: 27,
  nan: 28,
  wellKnownSymbol: 29,
  /** Properties that a map, a date or an array has besides its content. */
  extras: 30,
} as const;
