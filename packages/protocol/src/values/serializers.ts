import { ProtocolError } from '../errors.js';

/** A class that can be constructed, of whatever arguments. */
export type AnyClass<T extends object = object> = abstract new (...args: never[]) => T;

/** How instances of one class travel. */
export interface Serializer<T extends object = object, Plain = unknown> {
  /** Name on the wire, equal on all processes, with a version: `app.Money@1`. */
  readonly name: string;
  /** Anything that can be serialised; buffers in it travel uncopied. */
  readonly serialize: (value: T) => Plain;
  /** The inverse. */
  readonly deserialize: (plain: Plain) => T;
}

/** Static method by which a class says how its instances travel; {@link DESERIALIZE} is its inverse. */
export const SERIALIZE: unique symbol = Symbol.for('grid.serialize');
/** Static method that makes an instance of what {@link SERIALIZE} made. */
export const DESERIALIZE: unique symbol = Symbol.for('grid.deserialize');

/** Serializers by class and by name. Both sides of a wire need the same names. */
export class SerializerRegistry {
  readonly #byPrototype = new Map<object, Serializer>();
  readonly #byName = new Map<string, Serializer>();

  /**
   * Registers how instances of exactly this class travel.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_UNSERIALIZABLE` if another class has the name already
   */
  register<T extends object, Plain>(target: AnyClass<T>, serializer: Serializer<T, Plain>): void {
    // The registry hands a serializer only what its own class or its own `serialize` made.
    const erased = serializer as unknown as Serializer;
    const prototype = target.prototype as object;
    const known = this.#byName.get(erased.name);
    if (known !== undefined && this.#byPrototype.get(prototype) !== known) {
      throw new ProtocolError(
        'GRID_PROTOCOL_UNSERIALIZABLE',
        `a serializer named ${JSON.stringify(erased.name)} is registered for another class; choose another name`,
        { details: { name: erased.name } },
      );
    }
    this.#byPrototype.set(prototype, erased);
    this.#byName.set(erased.name, erased);
  }

  /** The serializer for objects with this direct prototype. */
  forPrototype(prototype: object): Serializer | undefined {
    return this.#byPrototype.get(prototype);
  }

  /** The serializer of that name. */
  named(name: string): Serializer | undefined {
    return this.#byName.get(name);
  }
}

/** The registry that encoders and decoders use unless they are given one. */
export const defaultSerializers = new SerializerRegistry();

/** Registers in {@link defaultSerializers} how instances of a class travel. Do so in every process that meets them. */
export function registerSerializer<T extends object, Plain>(
  target: AnyClass<T>,
  serializer: Serializer<T, Plain>,
): void {
  defaultSerializers.register(target, serializer);
}
