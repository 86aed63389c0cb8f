import { arrowSerializer } from '../arrow/arrow-serializer.js';
import { SerializerRegistry } from './serializers.js';
import type { AnyClass, LazySerializer, Serializer } from './serializers.js';

/** Where the registry of this realm is kept: a worker's copy of this library has to find what a task's copy registers. */
const REGISTRY_SLOT = Symbol.for('grid.serializers.1');

/** The registry that encoders and decoders use unless they are given one. */
export const defaultSerializers: SerializerRegistry = registryOfRealm();

/**
 * Says how instances of a class travel: as what `serialize` makes of them. Needed for classes with private members, and
 * good for all that have a shorter or more lasting form than their fields.
 *
 * Functions that are submitted afterwards bring the registration along, so workers need no set-up. A package may also
 * register its own classes when it is imported.
 *
 * @example
 * ```ts
 * registerSerializer(Money, {
 *   name: 'app.Money@1',
 *   serialize: (money) => [money.cents, money.currency] as const,
 *   deserialize: ([cents, currency]) => new Money(cents, currency),
 * });
 * ```
 *
 * @param target - Instances of exactly this class, not of classes derived from it.
 * @throws {@link ProtocolError} `GRID_PROTOCOL_UNSERIALIZABLE` if a class of another name is registered by that name.
 * @source dask.distributed `register_serialization`, `dask_serialize.register`.
 */
export function registerSerializer<T extends object, Plain>(
  target: AnyClass<T>,
  serializer: Serializer<T, Plain>,
): void {
  defaultSerializers.register(target, serializer);
}

/**
 * Says how values of an optional package travel, without importing it: the process that receives such a value does that,
 * when it receives the first one. Everything else is as with {@link registerSerializer}.
 *
 * @example
 * ```ts
 * registerLazySerializer({
 *   name: 'decimal.js.Decimal@1',
 *   packageName: 'decimal.js',
 *   isInstance: (value) => Symbol.for('nodejs.util.inspect.custom') in value && 'toSD' in value,
 *   serialize: (value: Decimal) => value.toString(),
 *   deserialize: (text, { Decimal }: typeof import('decimal.js')) => new Decimal(text),
 * });
 * ```
 *
 * @source dask.distributed `dask_serialize.register_lazy`.
 */
export function registerLazySerializer<T extends object, Plain, Module>(
  serializer: LazySerializer<T, Plain, Module>,
): void {
  defaultSerializers.registerLazy(serializer);
}

/**
 * Says what identifies instances of a class that one cannot give a method `[Symbol.for('grid.tokenize')]()`: tasks whose
 * arguments are equal by that are the same task.
 *
 * @param target - Instances of exactly this class, not of classes derived from it.
 * @param tokenize - Gives anything that has a token itself; what has none makes every task with such an argument unique.
 * @source dask `normalize_token.register`.
 */
export function registerTokenizer<T extends object>(target: AnyClass<T>, tokenize: (value: T) => unknown): void {
  defaultSerializers.registerTokenizer(target, tokenize);
}

function registryOfRealm(): SerializerRegistry {
  const holder = globalThis as unknown as Record<symbol, unknown>;
  const known = holder[REGISTRY_SLOT];
  // Nobody else writes there.
  if (known !== undefined) return known as SerializerRegistry;
  const registry = new SerializerRegistry();
  registry.registerLazy(arrowSerializer);
  Object.defineProperty(globalThis, REGISTRY_SLOT, { value: registry, configurable: true });
  return registry;
}
