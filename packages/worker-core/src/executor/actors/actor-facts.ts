/** What a handle has to know of its actor. Part of what client and worker agree on. */
export interface ActorFacts {
  /** The number of the run that made it. */
  readonly id: number;
  /** Where its worker listens. */
  readonly worker: string;
  /** The name of its class, for people. */
  readonly className: string;
  /** What can be called, without what all objects have. */
  readonly methods: readonly string[];
  /** What can be read: its own properties once it was made, and what its class has getters for. */
  readonly attributes: readonly string[];
}

/** More members than this are no interface. */
const MEMBERS_MAX = 1000;

/** Describes an object as others may use it. */
export function describeActor(instance: object, about: Pick<ActorFacts, 'id' | 'worker'>): ActorFacts {
  const methods = new Set<string>();
  const attributes = new Set<string>();
  let owner: object | null = instance;
  while (owner !== null && !isEndOfChain(owner)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (name === 'constructor' || methods.size + attributes.size >= MEMBERS_MAX) continue;
      if (methods.has(name) || attributes.has(name)) continue;
      if (typeof descriptor.value === 'function') methods.add(name);
      else if (descriptor.get !== undefined || 'value' in descriptor) attributes.add(name);
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return { ...about, className: classNameOf(instance), methods: [...methods], attributes: [...attributes] };
}

/** Its own realm's, or another's: what has no prototype ends every chain. */
function isEndOfChain(owner: object): boolean {
  return Object.getPrototypeOf(owner) === null && Object.hasOwn(owner, 'hasOwnProperty');
}

function classNameOf(instance: object): string {
  const owner: unknown = (instance as { constructor?: unknown }).constructor;
  return typeof owner === 'function' && owner.name !== '' ? owner.name : 'object';
}
