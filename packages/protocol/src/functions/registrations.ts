import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { isGridError } from '@grid/common';
import { arrowSerializer } from '../arrow/arrow-serializer.js';
import { badValue } from '../values/byte-source.js';
import type { CallableValue } from '../values/callable-value.js';
import type { Payload } from '../values/payload.js';
import { isLazy } from '../values/serializers.js';
import type { AnyClass, LazySerializer, Registration, Serializer, SerializerRegistry } from '../values/serializers.js';
import { encodeValue } from '../values/value-encoder.js';
import type { CodeUnit } from './code-units.js';
import type { RegistrationRecord } from './registration-record.js';

/** Encodes a value with all of its code. */
export type EncodeAlone = (value: unknown) => { readonly payload: Payload };

/** Makes the serializers that a process has registered ready to travel, each once. */
export class RegistrationEncoder {
  readonly #registry: SerializerRegistry;
  readonly #encode: EncodeAlone;
  readonly #units = new WeakMap<object, CodeUnit | null>();

  constructor(registry: SerializerRegistry, encode: EncodeAlone) {
    this.#registry = registry;
    this.#encode = encode;
  }

  /** All registrations that can travel. They go as code does: once to each process. */
  units(): CodeUnit[] {
    const units: CodeUnit[] = [];
    for (const registration of this.#registry.registrations()) {
      // Every process has that one from the start.
      if (registration.serializer === arrowSerializer) continue;
      const unit = this.#unitOf(registration);
      if (unit !== null) units.push(unit);
    }
    return units;
  }

  #unitOf(registration: Registration): CodeUnit | null {
    let unit = this.#units.get(registration.serializer);
    if (unit === undefined) {
      unit = this.#makeUnit(registration);
      this.#units.set(registration.serializer, unit);
    }
    return unit;
  }

  /**
   * A serializer that cannot travel is one of a package's own, mostly. Its class by itself still has the package loaded
   * on the other side, and the package registers it there.
   */
  #makeUnit({ owner, serializer }: Registration): CodeUnit | null {
    for (const value of [[owner, serializer], [owner]]) {
      try {
        const { payload } = this.#encode(value);
        // Code has no buffers beside it.
        if (payload.buffers.length > 0) continue;
        const text = Buffer.from(payload.body).toString('latin1');
        const record: RegistrationRecord = { registration: serializer.name, body: text };
        const { body } = encodeValue(record);
        return { hash: hash('sha256', body, 'hex'), body };
      } catch (error) {
        if (!isGridError(error)) throw error;
      }
    }
    return null;
  }
}

/** The encoded value that a record holds. */
export function payloadOf(record: RegistrationRecord): Payload {
  return { body: new Uint8Array(Buffer.from(record.body, 'latin1')), buffers: [] };
}

/** Takes a decoded record into a registry. */
export function adoptRegistration(
  registry: SerializerRegistry,
  origin: string,
  { registration }: RegistrationRecord,
  value: unknown,
): void {
  if (!Array.isArray(value)) throw badValue('a registration is broken');
  const [owner, serializer] = value as unknown[];
  // The class alone: loading its package was all that could be done.
  if (serializer === undefined) return;
  if (!isSerializer(serializer) || serializer.name !== registration) throw badValue('a registration has no serializer');
  if (!isLazy(serializer) && typeof owner !== 'function') throw badValue('a registration has no class');
  registry.adopt(owner as AnyClass | undefined, serializer, origin);
}

function isSerializer(value: unknown): value is Serializer | LazySerializer {
  const { serialize, deserialize } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isFunction = (part: unknown): part is CallableValue => typeof part === 'function';
  return isFunction(serialize) && isFunction(deserialize);
}
