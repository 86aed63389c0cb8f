import { badValue } from '../values/byte-source.js';
import { ValueDecoder } from '../values/value-decoder.js';
import type { ValueEncoder } from '../values/value-encoder.js';
import type { Reference } from './references.js';

/** Code of one script: a text that makes makers of functions. It holds no values, so it is the same for all closures. */
export interface UnitRecord {
  /** sha256 of {@link UnitRecord.text}, in hex. */
  readonly hash: string;
  readonly text: string;
  /** Name of the file for stacks. */
  readonly file: string;
  /** `import.meta.url` and the like on the side that sends; empty unless the code asks for it. */
  readonly metaUrl: string;
  /** File whose place relative and package imports inside the code are resolved from. */
  readonly hint: string;
}

/** What stands behind a value that holds code. */
export interface CodeSection {
  /** The code itself, or, where that travels apart, its hash; see {@link CodeUnit}. */
  readonly units: readonly (UnitRecord | string)[];
  readonly references: readonly Reference[];
  /** Identities of classes, in the order in which the value has them. */
  readonly classIds: readonly string[];
}

/** Kinds of definitions behind a code tag. */
export const CODE = { closure: 0, reference: 1, global: 2, bound: 3, class: 4, module: 5 } as const;

/** Kinds of entries for variables that functions share. */
export const SHARED_ENTRY = { end: 0, value: 1, namespaceProperty: 2 } as const;

/** What else is said of a function; `rest`: variables and properties come behind the whole value. */
export const CODE_HAS = { properties: 1, prototype: 2, rest: 4 } as const;

/** Encodes a code section with an encoder that the caller keeps. */
export function encodeSection(encoder: ValueEncoder, section: CodeSection): Uint8Array {
  return encoder.encode(section, { rootName: 'code' }).body;
}

/** @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_VALUE` for anything that is no code section */
export function decodeSection(bytes: Uint8Array): CodeSection {
  const section: unknown = new ValueDecoder().decodeAt(bytes, 0, bytes.length);
  if (!isSection(section)) throw badValue('their code is not complete');
  return section;
}

function isSection(value: unknown): value is CodeSection {
  const { units, references, classIds } = (value ?? {}) as Readonly<Record<keyof CodeSection, unknown>>;
  return (
    listOf(units, (unit) => typeof unit === 'string' || isUnitRecord(unit)) &&
    listOf(references, (reference) => {
      return (
        textsIn(reference, ['kind', 'specifier', 'file', 'pkg', 'version', 'hint']) &&
        listOf((reference as { path?: unknown }).path, (part) => typeof part === 'string')
      );
    }) &&
    listOf(classIds, (id) => typeof id === 'string')
  );
}

/** Tells whether a value that was received is the code of a script. */
export function isUnitRecord(value: unknown): value is UnitRecord {
  return textsIn(value, ['hash', 'text', 'file', 'metaUrl', 'hint']);
}

function listOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}

function textsIn(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return keys.every((key) => typeof (value as Readonly<Record<string, unknown>>)[key] === 'string');
}
