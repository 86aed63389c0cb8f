import type { CallableValue } from '../values/callable-value.js';
import type { Reference } from './references.js';

/** Where the one of this process is kept: two copies of this library in a process must agree on it. */
const PROCESS_SLOT = Symbol.for('grid.classIdentities');

/**
 * Which class is which across processes: a class that comes back is the one that was sent, so that `instanceof` holds
 * for results, and for values that go from one task to the next.
 */
export class ClassIdentities {
  readonly #ids = new WeakMap<object, string>();
  readonly #classes = new Map<string, WeakRef<CallableValue>>();
  /** How many classes of this process had the same content. */
  readonly #sameContent = new Map<string, number>();
  readonly #references = new WeakMap<object, Reference>();
  readonly #cleanup = new FinalizationRegistry<string>((id) => this.#classes.delete(id));

  /** The one that encoders and decoders of this thread share unless they are given another. */
  static ofProcess(): ClassIdentities {
    const holder = globalThis as unknown as Record<symbol, unknown>;
    const known = holder[PROCESS_SLOT];
    // Nobody else writes there.
    if (known !== undefined) return known as ClassIdentities;
    const identities = new ClassIdentities();
    Object.defineProperty(globalThis, PROCESS_SLOT, { value: identities, configurable: true });
    return identities;
  }

  /**
   * The identity of a class, given to it when it is first sent. It comes from the content, so that two runs of a program
   * mean the same class; classes of one process that are equal but not the same are told apart by a number.
   */
  idOf(owner: CallableValue, contentOf: (owner: CallableValue) => string): string {
    const known = this.#ids.get(owner);
    if (known !== undefined) return known;
    const content = contentOf(owner);
    const number = this.#sameContent.get(content) ?? 0;
    this.#sameContent.set(content, number + 1);
    const id = `${content}.${number}`;
    this.adopt(owner, id);
    return id;
  }

  /** Notes that a class of this process is the one with that identity. */
  adopt(owner: CallableValue, id: string): void {
    this.#ids.set(owner, id);
    this.#classes.set(id, new WeakRef(owner));
    this.#cleanup.register(owner, id);
  }

  /** The class of this process with that identity, if it has one. */
  find(id: string): CallableValue | undefined {
    return this.#classes.get(id)?.deref();
  }

  /** Notes by which reference a function or object came here, so that it leaves by the same. */
  adoptReference(value: unknown, reference: Reference): void {
    if ((typeof value === 'object' || typeof value === 'function') && value !== null)
      this.#references.set(value, reference);
  }

  /** The reference by which a function or object came here. */
  referenceOf(value: object): Reference | undefined {
    return this.#references.get(value);
  }
}
