import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import type { Analysis } from './analyze.js';
import { isNamespaceLike } from './capture-tools.js';
import { KNOWN_GLOBALS } from './known-globals.js';
import type { Binding } from './resolve-names.js';
import type { FunctionTask } from './task-description.js';
import { UNIT_PARAMETERS } from './unit-builder.js';

const NOTHING_GIVEN: Readonly<Record<string, unknown>> = {};

/** What a function may capture, and what goes by value of it. */
export interface CaptureRules {
  /** The function that was described; `undefined` if none was. */
  readonly owner: CallableValue | undefined;
  /** All variables of the owner; `undefined` if they are to be found out. */
  readonly captures: Readonly<Record<string, unknown>> | undefined;
  /** Packages whose functions go by value. */
  readonly byValue: ReadonlySet<string>;
  readonly allowWrites: boolean;
}

/** The rules for functions of which nothing was said. */
export const PLAIN_RULES: CaptureRules = {
  owner: undefined,
  captures: undefined,
  byValue: new Set(),
  allowWrites: false,
};

/** The rules inside a described function. */
export function rulesOf(
  { fn, captures, byValue, allowCaptureWrites }: FunctionTask,
  outer: CaptureRules,
): CaptureRules {
  return {
    owner: fn,
    captures,
    byValue: byValue.length === 0 ? outer.byValue : new Set([...outer.byValue, ...byValue]),
    allowWrites: allowCaptureWrites,
  };
}

/**
 * What the free names of a function stand for where all that it captures was given: names of every process stay as they
 * are, and any other name is refused.
 */
export function bindGiven(fn: CallableValue, analysis: Analysis, { owner, captures }: CaptureRules): Binding[] {
  const given = fn === owner ? (captures ?? NOTHING_GIVEN) : NOTHING_GIVEN;
  const bindings: Binding[] = [];
  for (const [name, use] of analysis.names) {
    if (Object.hasOwn(given, name)) {
      const value = given[name];
      bindings.push({
        name,
        value,
        scopeIndex: 0,
        isTop: false,
        reference: undefined,
        properties: isNamespaceLike(value) ? use.properties : undefined,
        // No function shares it with another, whatever their scopes say.
        constant: true,
        writes: use.writes,
      });
    } else if (!KNOWN_GLOBALS.has(name) && !UNIT_PARAMETERS.includes(name) && !use.optional) {
      throw notGiven(name, fn === owner ? undefined : fn.name);
    }
  }
  return bindings;
}

function notGiven(name: string, helper: string | undefined): Refusal {
  const what = `it uses '${name}', which is neither a global nor among its captures`;
  const self = helper === undefined || helper === '' ? 'the function' : helper;
  return new Refusal(
    'NOTGIVEN',
    what,
    helper === undefined
      ? `add it to the captures: { ${name} }, or pass it as an argument`
      : `say what that function captures as well: task(${self}, { captures: { ${name} } })`,
  );
}
