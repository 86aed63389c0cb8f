import { Refusal } from '../values/refusal.js';
import type { FunctionScope, InspectedFunction } from './inspect-function.js';
import type { ScriptFacts } from './read-script.js';
import type { Binding } from './resolve-names.js';
import type { UnitBuilder } from './unit-builder.js';

/** Functions that were made by one call of the function around them, and share its variables. */
interface Group {
  readonly unit: UnitBuilder;
  readonly scopes: readonly FunctionScope[];
  /** Places of its functions: one call makes each of them once. */
  readonly places: Set<string>;
}

/**
 * Finds out which functions share variables that one of them assigns to. The runtime does not tell scopes apart: functions
 * of one script whose scopes have the same variables with the same values are taken to share them.
 */
export class SharedScopes {
  readonly #groups: Group[] = [];

  /**
   * The unit for a function whose own variables are assigned to by functions, or `undefined` if none is. Such a unit holds
   * nothing but the functions that share these variables.
   */
  unitFor(
    inspected: InspectedFunction,
    bindings: readonly Binding[],
    facts: ScriptFacts | undefined,
    create: () => UnitBuilder,
  ): UnitBuilder | undefined {
    if (facts === undefined || inspected.location === undefined) return undefined;
    const shared = bindings.filter(({ name, place }) => place === 'inner' && facts.closureWrites.has(name));
    if (shared.length === 0) return undefined;
    const both = bindings.find(({ name, place }) => place === 'module' && facts.closureWrites.has(name));
    if (both !== undefined) throw sharedRefusal(`${(shared[0] as Binding).name}' and '${both.name}`);
    const scopes = inspected.scopes.filter(({ kind, variables }) => {
      return kind === 'closure' && shared.some(({ name }) => Object.hasOwn(variables, name));
    });
    const { scriptId, line, column } = inspected.location;
    const place = `${scriptId}:${line}:${column}`;
    const candidates = this.#groups.filter((group) => !group.places.has(place) && sameScopes(group.scopes, scopes));
    if (candidates.length > 1) throw sharedRefusal((shared[0] as Binding).name);
    const group = candidates[0] ?? { unit: create(), scopes, places: new Set<string>() };
    if (candidates.length === 0) this.#groups.push(group);
    group.places.add(place);
    return group.unit;
  }
}

function sameScopes(left: readonly FunctionScope[], right: readonly FunctionScope[]): boolean {
  return left.length === right.length && left.every((scope, i) => sameVariables(scope, right[i] as FunctionScope));
}

function sameVariables({ variables: left }: FunctionScope, { variables: right }: FunctionScope): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && Object.is(left[key], right[key]));
}

function sharedRefusal(names: string): Refusal {
  return new Refusal(
    'SHARED',
    `it shares the variable '${names}' with other functions, and which of them share it cannot be told`,
    'keep the state in one object, and capture that object',
  );
}
