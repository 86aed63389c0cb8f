import { hash } from 'node:crypto';
import { badValue } from '../values/byte-source.js';
import { ValueDecoder } from '../values/value-decoder.js';
import { ValueEncoder } from '../values/value-encoder.js';
import { isUnitRecord } from './code-section.js';
import type { UnitRecord } from './code-section.js';
import { Recent } from './recent.js';
import { isRegistrationRecord } from './registration-record.js';
import type { RegistrationRecord } from './registration-record.js';

/** Code of one script as it travels apart from the functions that it makes: once to each process. */
export interface CodeUnit {
  /** sha256 of {@link CodeUnit.body}, in hex: what functions refer to it by. */
  readonly hash: string;
  /** A {@link UnitRecord} or {@link RegistrationRecord}, encoded. */
  readonly body: Uint8Array;
}

/** How many units stay at hand for the next function of the same code. A program has as many as scripts that it sends from. */
const MAX_UNITS = 500;

/** Makes units ready to travel, each once. */
export class UnitPacker {
  readonly #encoder = new ValueEncoder();
  readonly #packed = new Recent<string, CodeUnit>(MAX_UNITS);

  pack(record: UnitRecord): CodeUnit {
    const key = `${record.hash} ${record.metaUrl} ${record.file}`;
    const known = this.#packed.get(key);
    if (known !== undefined) return known;
    const { body } = this.#encoder.encode(record, { rootName: 'code' });
    return this.#packed.set(key, { hash: hash('sha256', body, 'hex'), body });
  }
}

/** @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_VALUE` for anything that is no unit */
export function unpackUnit({ body }: CodeUnit): UnitRecord | RegistrationRecord {
  const record = new ValueDecoder().decode({ body, buffers: [] });
  if (!isUnitRecord(record) && !isRegistrationRecord(record)) throw badValue('a unit of code is not complete');
  return record;
}
