import { isGridError } from '@grid/common';
import type { CallableValue } from '../values/callable-value.js';
import type { ClassIdentities } from './class-identities.js';
import type { Reference } from './references.js';
import type { FunctionContext } from './unit-runner.js';

/** Which class is which, as far as reading a value asks. */
export type KnownClasses = Pick<ClassIdentities, 'find' | 'adopt'>;

/** A class of errors in place of one whose package is not here. */
export function standInForReference({ path, pkg }: Reference): unknown {
  const name = path.at(-1) ?? pkg;
  class StandIn extends Error {}
  Object.defineProperty(StandIn, 'name', { value: name });
  Object.defineProperty(StandIn.prototype, 'name', { value: name, writable: true, configurable: true });
  return StandIn;
}

/**
 * Empty functions and classes where code may not be evaluated here, for one error: a class that a task has made itself
 * must not hide the error that it is the class of.
 */
export class StandIns {
  readonly #made = new WeakSet<CallableValue>();
  readonly #byId = new Map<string, CallableValue>();

  /** The context, with stand-ins for what it may not make. */
  context(context: FunctionContext): FunctionContext {
    return {
      setVariable: (index, value) => context.setVariable(index, value),
      make: (maker, superclass, keys) => {
        try {
          return context.make(maker, superclass, keys);
        } catch (error) {
          if (!isGridError(error, 'GRID_PROTOCOL_FUNCTION_LOAD')) throw error;
          const value = standInFor(superclass, error);
          this.#made.add(value);
          return { value, setVariables: () => undefined };
        }
      },
      inner: (index) => this.context(context.inner(index)),
    };
  }

  /** The classes of this process, which never learn of stand-ins: the real class may still come on a way that is trusted. */
  classes(identities: ClassIdentities): KnownClasses {
    return {
      find: (id) => identities.find(id) ?? this.#byId.get(id),
      adopt: (owner, id) => {
        if (this.#made.has(owner)) this.#byId.set(id, owner);
        else identities.adopt(owner, id);
      },
    };
  }
}

function standInFor(superclass: unknown, why: Error): CallableValue {
  function StandIn(): never {
    throw why;
  }
  if (typeof superclass === 'function') {
    Object.setPrototypeOf(StandIn, superclass);
    Object.setPrototypeOf(StandIn.prototype, (superclass as CallableValue).prototype as object);
  }
  return StandIn;
}
