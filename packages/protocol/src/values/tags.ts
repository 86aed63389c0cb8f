/**
 * Flags in the first byte of a body. Each stands for a section behind the value, followed by four bytes that say where
 * it starts, counted from the first byte. The section of a higher flag comes before that of a lower one.
 */
export const FLAG = {
  /** Functions and classes. */
  code: 0x01,
  /** Names of the optional packages whose values it holds. */
  packages: 0x02,
  /** Memory that several views share. */
  memory: 0x04,
  /** It has futures in it, or handles of actors. There is no section for them. */
  futures: 0x08,
} as const;

/**
 * First byte of each value. Values from 0x80 on carry a small number in the tag itself:
 * strings, arrays, shapes and integers that are short, as nearly all are.
 */
export const TAG = {
  undefined: 0x00,
  null: 0x01,
  true: 0x02,
  false: 0x03,
  /** Zigzag varint, 32 bits. */
  int: 0x04,
  float: 0x05,
  bigint64: 0x06,
  bigintPositive: 0x07,
  bigintNegative: 0x08,
  latin1: 0x09,
  utf8: 0x0a,
  utf16: 0x0b,
  /** Index into the objects that came before. */
  backReference: 0x0c,
  /** Index that the caller gave instead of a value. */
  reference: 0x0d,
  array: 0x0e,
  sparseArray: 0x0f,
  hole: 0x10,
  packedInt32: 0x11,
  packedFloat64: 0x12,
  /** Key list, then values: the shape gets the next index. */
  newShape: 0x13,
  shape: 0x14,
  dictionary: 0x15,
  nullObject: 0x16,
  /** An empty container here; its content comes after the value, since it lies too deep. */
  shell: 0x17,
  map: 0x18,
  set: 0x19,
  date: 0x1a,
  regexp: 0x1b,
  error: 0x1c,
  domException: 0x1d,
  url: 0x1e,
  urlSearchParams: 0x1f,
  boxed: 0x20,
  symbolFor: 0x21,
  wellKnownSymbol: 0x22,
  view: 0x23,
  arrayBuffer: 0x24,
  /** Name of a registered serializer, then what it made. */
  registered: 0x25,
  /** A class, then what the `grid.serialize` symbol of it made. */
  symbolSerialized: 0x26,
  /** Class, then own properties. */
  instance: 0x27,
  /** Class, then a built-in value whose prototype becomes that of the class. */
  subclass: 0x28,
  /** Definition of a function: the code section knows the rest. */
  code: 0x29,
  /** Object with accessors or with properties that are not plain. */
  exactObject: 0x2a,
  /** A map, date or the like, then properties of its own that it has besides its content. */
  extended: 0x2b,
  /** A future, by its key. */
  future: 0x2c,
  /** A handle of an actor: the key of its future, then what there is to know about it. */
  actor: 0x2d,
  shortString: 0x80,
  shortArray: 0xa0,
  shortShape: 0xb0,
  smallInt: 0xc0,
} as const;

export const SHORT_STRING_LIMIT = 32;
export const SHORT_ARRAY_LIMIT = 16;
export const SHORT_SHAPE_LIMIT = 16;
export const SMALL_INT_LIMIT = 64;

/** Views from this size on travel as buffers of their own, uncopied. In bytes. */
export const OUT_OF_BAND_MIN = 1024;

/** Depth from which containers become shells, so that neither side needs more stack than this. */
export const SHELL_DEPTH = 200;

/** Depth at which values that cannot be shells are refused; no encoder writes anything deeper. */
export const MAX_DEPTH = 600;

/** Objects with more keys than this are written as dictionaries: their keys are data, not a shape. */
export const MAX_SHAPE_KEYS = 64;

/** Arrays up to this length are looked through for properties that are no items; in longer ones that would cost too much. */
export const EXTRA_KEYS_MAX_LENGTH = 1024;

/** Arrays of numbers from this length on are written as one block. */
export const PACKED_MIN = 8;

/** Kinds of shells, on the wire. The class of an instance follows. */
export const SHELL = { array: 0, object: 1, nullObject: 2, map: 3, set: 4, instance: 5 } as const;

/**
 * How the bytes of a view are given: here, beside the body, as a part of what an earlier view has, or in the memory
 * section behind the value.
 */
export const BYTES = { inline: 0, outOfBand: 1, alias: 2, section: 3 } as const;

/** What else is said of a block of the memory section. */
export const BLOCK_HAS = { outOfBand: 1, ownBuffer: 2, resizable: 4 } as const;

/** Most bytes that the resizable buffers of one value may set aside: the receiver sets aside as many, though of addresses only. */
export const MAX_RESERVED_BYTES = 2 ** 32;

/** Which properties of an error follow. */
export const ERROR_HAS = { message: 1, stack: 2, cause: 4, errors: 8, props: 16, name: 32 } as const;

/** Names of the error classes of the language, by index on the wire. */
export const ERROR_KINDS = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
] as const;

/** Largest bigint, in bytes. */
export const MAX_BIGINT_BYTES = 1 << 24;

/** Symbols of the language, by index on the wire. New ones go to the end. */
export const WELL_KNOWN_SYMBOLS: readonly symbol[] = [
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.hasInstance,
  Symbol.isConcatSpreadable,
  Symbol.match,
  Symbol.matchAll,
  Symbol.replace,
  Symbol.search,
  Symbol.species,
  Symbol.split,
  Symbol.toPrimitive,
  Symbol.toStringTag,
  Symbol.unscopables,
  Symbol.dispose,
  Symbol.asyncDispose,
];
