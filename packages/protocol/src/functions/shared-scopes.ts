import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import type { FunctionScope } from './inspect-function.js';
import { repeatsWithin } from './static-scopes.js';
import type { StaticScope } from './static-scopes.js';
import type { UnitLevel } from './unit-builder.js';

/** One run of a scope of the program whose variables some functions of a value share: on the other side it is made once. */
export interface CodeContext {
  /** The context around this one, or the unit whose functions it holds. */
  readonly parent: CodeContext | undefined;
  readonly level: UnitLevel;
  /** Where it is made: a unit of the value, or an entry of the level around. */
  readonly index: number;
  /** Number on the wire, given when it is first written. */
  number: number | undefined;
  /** Variables whose values have been written. */
  readonly written: Set<string>;
}

/** Where a function stands. */
export interface FunctionPlace {
  readonly fn: CallableValue;
  /** Tells apart the functions that are written in the program. */
  readonly key: string;
  /** The scope in which it is written, if that is known. */
  readonly around: StaticScope | undefined;
}

/** A scope of a function, and those around it. */
export interface ScopeChain {
  /** Tells apart the scripts of the value, and copies of one script. */
  readonly script: string;
  /** Innermost first. */
  readonly scopes: readonly FunctionScope[];
  /** The scope that is meant. */
  readonly index: number;
  /** The same as it stands in the source, if that is known. */
  readonly declared: StaticScope | undefined;
}

interface KnownContext {
  readonly context: CodeContext;
  readonly chain: ScopeChain;
  /** Which function of each place of the program stands in it. */
  readonly functions: Map<string, CallableValue>;
}

/**
 * Tells which scopes of functions are the same. The runtime gives scopes no identity: those that stand at the same place
 * in the program and hold the same variables with the same values, as do all scopes around them, are taken for one.
 */
export class SharedScopes {
  readonly #known = new Map<string, KnownContext[]>();

  /**
   * The context of a scope.
   * @param create - makes it, if no function before stood in this scope
   * @throws a `Refusal` where several scopes look alike and it is one of them
   */
  contextOf(chain: ScopeChain, place: FunctionPlace, create: (key: string) => CodeContext): CodeContext {
    const key = keyOf(chain);
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, known);
    const candidates = known.filter((other) => sameChain(other.chain, chain) && mayHold(other, chain, place));
    if (candidates.length > 1) throw sharedRefusal(chain);
    let found = candidates[0];
    if (found === undefined) {
      found = { context: create(key), chain, functions: new Map() };
      known.push(found);
    }
    found.functions.set(place.key, place.fn);
    return found.context;
  }
}

function keyOf({ script, declared, scopes, index }: ScopeChain): string {
  const names = Object.keys((scopes[index] as FunctionScope).variables).join();
  return `${script} ${declared?.start ?? '?'} ${names}`;
}

/** One run of a scope makes each function that stands in it once, unless a loop or another function is between. */
function mayHold({ functions }: KnownContext, { declared }: ScopeChain, { fn, key, around }: FunctionPlace): boolean {
  const other = functions.get(key);
  if (other === undefined || other === fn) return true;
  return declared !== undefined && around !== undefined && repeatsWithin(around, declared);
}

function sameChain(left: ScopeChain, right: ScopeChain): boolean {
  if (left.scopes.length - left.index !== right.scopes.length - right.index) return false;
  for (let i = 0; left.index + i < left.scopes.length; i++) {
    const [one, other] = [left.scopes[left.index + i], right.scopes[right.index + i]] as [FunctionScope, FunctionScope];
    if (one.kind !== other.kind) return false;
    // What is not of kind `closure` exists once for a script or for the process.
    if (one.kind === 'closure' && !sameVariables(one, other)) return false;
  }
  return true;
}

function sameVariables({ variables: left }: FunctionScope, { variables: right }: FunctionScope): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && Object.is(valueOf(left, key), valueOf(right, key)));
}

const NO_VALUE_YET = Symbol('no value yet');

function valueOf(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name];
  } catch {
    // Not declared so far, which newer versions of the runtime tell by throwing.
    return NO_VALUE_YET;
  }
}

function sharedRefusal({ scopes, index }: ScopeChain): Refusal {
  const names = Object.keys((scopes[index] as FunctionScope).variables).join("', '");
  return new Refusal(
    'SHARED',
    `it shares the variables '${names}' with other functions, and several scopes have such variables with equal values, so which of them it is cannot be told`,
    'keep the state in one object, and capture that object',
  );
}
