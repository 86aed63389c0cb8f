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
  /** What identifies an instance, for keys. @defaultValue what `serialize` makes of it */
  readonly tokenize?: ((value: T) => unknown) | undefined;
}

/**
 * How values of an optional package travel: the package is loaded only where such a value arrives, and nowhere just to
 * find out whether something is one.
 */
export interface LazySerializer<T extends object = object, Plain = unknown, Module = unknown> {
  /** Name on the wire, equal on all processes, with a version: `decimal.js.Decimal@1`. */
  readonly name: string;
  /** What to import where such a value arrives: `decimal.js`. It has to be installed there. */
  readonly packageName: string;
  /**
   * Tells whether a value is one, without importing the package: by a symbol or a property of its class. Asked once for
   * each class, so all instances of a class must give the same answer.
   */
  readonly isInstance: (value: object) => boolean;
  /** Anything that can be serialised; buffers in it travel uncopied. */
  readonly serialize: (value: T) => Plain;
  /** The inverse, given the package's exports. */
  readonly deserialize: (plain: Plain, module: Module) => T;
  /** What identifies an instance, for keys. @defaultValue what `serialize` makes of it */
  readonly tokenize?: ((value: T) => unknown) | undefined;
}

/** Static method by which a class says how its instances travel; {@link DESERIALIZE} is its inverse. */
export const SERIALIZE: unique symbol = Symbol.for('grid.serialize');
/** Static method that makes an instance of what {@link SERIALIZE} made. */
export const DESERIALIZE: unique symbol = Symbol.for('grid.deserialize');

/** A serializer with the class that it is for; a lazy one has none. */
export interface Registration {
  readonly owner: AnyClass | undefined;
  readonly serializer: Serializer | LazySerializer;
  /** Hash of the registration where it came with a function; `undefined` for one made in this process. */
  readonly origin: string | undefined;
}

/** Serializers by class and by name. Both sides of a wire need the same names. */
export class SerializerRegistry {
  readonly #byName = new Map<string, Registration>();
  readonly #byPrototype = new WeakMap<object, Serializer>();
  readonly #tokenizers = new WeakMap<object, (value: object) => unknown>();
  readonly #modules = new Map<string, unknown>();
  /** Why registrations that came with a function cannot be used here. */
  readonly #failures = new Map<string, { readonly origin: string; readonly error: unknown }>();
  #lazy: LazySerializer[] = [];
  /** Which lazy serializer is for instances of a class, by prototype; `null` for none. */
  #lazyByPrototype = new WeakMap<object, LazySerializer | null>();

  /**
   * Registers how instances of exactly this class travel. A class of the same name takes the place of an earlier one.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_UNSERIALIZABLE` if another class has the name already
   */
  register<T extends object, Plain>(target: AnyClass<T>, serializer: Serializer<T, Plain>): void {
    // The registry hands a serializer only what its own class or its own `serialize` made.
    const erased = serializer as unknown as Serializer;
    const { owner, origin } = this.#byName.get(erased.name) ?? {};
    if (owner !== undefined && origin === undefined && owner !== target && owner.name !== target.name) {
      throw new ProtocolError(
        'GRID_PROTOCOL_UNSERIALIZABLE',
        `a serializer named ${JSON.stringify(erased.name)} is registered for another class; choose another name`,
        { details: { name: erased.name } },
      );
    }
    this.#add({ owner: target, serializer: erased, origin: undefined });
  }

  /** Registers how values of an optional package travel. One of the same name takes the place of an earlier one. */
  registerLazy<T extends object, Plain, Module>(serializer: LazySerializer<T, Plain, Module>): void {
    // As above; and a module is handed over only to those that have asked for it.
    this.#add({ owner: undefined, serializer: serializer as unknown as LazySerializer, origin: undefined });
  }

  /** Registers what identifies instances of exactly this class, for keys. */
  registerTokenizer<T extends object>(target: AnyClass<T>, tokenize: (value: T) => unknown): void {
    // Called with instances of this class only.
    this.#tokenizers.set(target.prototype as object, tokenize as (value: object) => unknown);
  }

  /**
   * Takes over a registration that came with a function, unless this process has made one of that name itself.
   * @param origin - hash of what came: of two that came, the later one holds
   */
  adopt(owner: AnyClass | undefined, serializer: Serializer | LazySerializer, origin: string): void {
    const known = this.#byName.get(serializer.name);
    if (known === undefined || known.origin !== undefined) this.#add({ owner, serializer, origin });
  }

  /** Notes why a registration that came with a function cannot be used, for whoever needs it later. */
  adoptFailure(name: string, origin: string, error: unknown): void {
    this.#failures.set(name, { origin, error });
  }

  /** Tells whether a registration that comes with a function needs no look: it is known, or this process has its own. */
  isSettled(name: string, origin: string): boolean {
    if (this.#failures.get(name)?.origin === origin) return true;
    const known = this.#byName.get(name);
    return known !== undefined && (known.origin === undefined || known.origin === origin);
  }

  /** Why there is no serializer of that name, if one came along and could not be used. */
  failureOf(name: string): unknown {
    return this.#failures.get(name)?.error;
  }

  /** All registrations, the earliest first. */
  registrations(): Iterable<Registration> {
    return this.#byName.values();
  }

  /** The serializer for an object, by its direct prototype. */
  forInstance(value: object, prototype: object): Serializer | LazySerializer | undefined {
    const known = this.#byPrototype.get(prototype);
    if (known !== undefined || this.#lazy.length === 0) return known;
    let lazy = this.#lazyByPrototype.get(prototype);
    if (lazy === undefined) {
      lazy = this.#lazy.find((candidate) => isInstanceOf(candidate, value)) ?? null;
      this.#lazyByPrototype.set(prototype, lazy);
    }
    return lazy ?? undefined;
  }

  /** What says what identifies an object, by its direct prototype. */
  tokenizerFor(prototype: object): ((value: object) => unknown) | undefined {
    return this.#tokenizers.get(prototype);
  }

  /** The serializer of that name. */
  named(name: string): Serializer | LazySerializer | undefined {
    return this.#byName.get(name)?.serializer;
  }

  /** The exports of an optional package, once somebody has loaded it for its values. */
  moduleOf(packageName: string): unknown {
    return this.#modules.get(packageName);
  }

  /** Hands in the exports of an optional package. */
  setModule(packageName: string, module: unknown): void {
    this.#modules.set(packageName, module);
  }

  #add(registration: Registration): void {
    const { owner, serializer } = registration;
    this.#byName.set(serializer.name, registration);
    this.#failures.delete(serializer.name);
    if (!isLazy(serializer)) {
      if (owner !== undefined) this.#byPrototype.set(owner.prototype as object, serializer);
      return;
    }
    this.#lazy = [...this.#lazy.filter(({ name }) => name !== serializer.name), serializer];
    this.#lazyByPrototype = new WeakMap();
  }
}

/** Tells whether a serializer is for values of an optional package. */
export function isLazy(serializer: Serializer | LazySerializer): serializer is LazySerializer {
  return 'packageName' in serializer;
}

/** A test that fails on a value says that it is none of its own: it is asked about whatever a program sends. */
function isInstanceOf(lazy: LazySerializer, value: object): boolean {
  try {
    return lazy.isInstance(value);
  } catch {
    return false;
  }
}
