import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import type { Analysis } from './analyze.js';
import { isBulkData, isNamespaceLike, isPrimitive } from './capture-tools.js';
import type { CaptureTools } from './capture-tools.js';
import type { FunctionScope, InspectedFunction } from './inspect-function.js';
import { KNOWN_GLOBALS } from './known-globals.js';
import { WRAPPER_NAMES } from './read-script.js';
import type { ScriptFacts } from './read-script.js';
import type { Reference } from './references.js';
import type { NameUse } from './scope-walk.js';

/** What one free name of a function stands for. */
export interface Binding {
  readonly name: string;
  /** Variables of a module are shared by all functions of its script; others belong to one function. */
  readonly place: 'module' | 'inner';
  readonly value: unknown;
  /** Set if each process loads it for itself. */
  readonly reference: Reference | undefined;
  /** Set if it is a module's namespace of which only these properties are used. */
  readonly properties: ReadonlySet<string> | undefined;
  /** It can never have another value. */
  readonly constant: boolean;
  readonly writes: boolean;
}

/** What is asked besides the names themselves. */
export interface ResolveRequest {
  readonly fn: CallableValue;
  readonly analysis: Analysis;
  readonly inspected: InspectedFunction;
  /** Look at the source of the script even where no value asks for it. */
  readonly readScript: boolean;
}

interface Found {
  readonly name: string;
  readonly use: NameUse;
  readonly value: unknown;
  readonly scopeIndex: number;
}

/** Finds the values of all free names of a function; names that every process has stay as they are. */
export function resolveNames(tools: CaptureTools, request: ResolveRequest): Binding[] {
  const { analysis, inspected } = request;
  const found: Found[] = [];
  for (const [name, use] of analysis.names) {
    const item = findName(inspected.scopes, name, use);
    if (item !== undefined) found.push(item);
  }
  const scriptId = inspected.location?.scriptId;
  const needsScript = request.readScript || found.some((item) => asksForScript(item, inspected.scopes));
  const facts = needsScript && scriptId !== undefined ? tools.scripts.factsOf(scriptId) : undefined;
  const url = facts === undefined || scriptId === undefined ? '' : (tools.scripts.get(scriptId)?.url ?? '');
  return found.map((item) => bind(tools, item, { scopes: inspected.scopes, facts, url }));
}

function asksForScript({ value, use, scopeIndex }: Found, scopes: readonly FunctionScope[]): boolean {
  return !isBulkData(value) || (use.writes && scopes[scopeIndex]?.kind === 'closure');
}

function findName(scopes: readonly FunctionScope[], name: string, use: NameUse): Found | undefined {
  for (let i = 0; i < scopes.length; i++) {
    const { kind, variables } = scopes[i] as FunctionScope;
    if (kind === 'global') break;
    if (!Object.hasOwn(variables, name)) continue;
    const value = readVariable(variables, name);
    // Each worker has a `require` of its own, which loads from where its packages are.
    if (name === 'require' && kind === 'closure' && typeof value === 'function') return undefined;
    return { name, use, value, scopeIndex: i };
  }
  if (KNOWN_GLOBALS.has(name)) return undefined;
  const index = scopes.findIndex(({ kind }) => kind === 'global');
  const global = scopes[index];
  if (global !== undefined && name in global.variables) {
    return { name, use, value: readVariable(global.variables, name), scopeIndex: index };
  }
  if (use.onlyTypeof) return undefined;
  throw new Refusal(
    'UNDEF',
    `it refers to '${name}', which is not defined here nor as a global`,
    `declare '${name}', import it, or pass it as an argument`,
  );
}

function readVariable(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name];
  } catch (error) {
    throw new Refusal(
      'TDZ',
      `variable '${name}' has no value yet, as it is declared further down`,
      'submit after its declaration has run',
      error,
    );
  }
}

interface Surrounding {
  readonly scopes: readonly FunctionScope[];
  readonly facts: ScriptFacts | undefined;
  readonly url: string;
}

function bind(tools: CaptureTools, item: Found, { scopes, facts, url }: Surrounding): Binding {
  const { name, use, value } = item;
  const atTop = isModuleLevel(scopes, item.scopeIndex, facts);
  const origin = atTop ? facts?.imports.get(name) : undefined;
  const reference = origin === undefined ? undefined : tools.packages.fromImport(origin, url, value);
  const namespace = reference === undefined && (isNamespaceLike(value) || (atTop && name === 'exports'));
  return {
    name,
    place: atTop ? 'module' : 'inner',
    value,
    reference,
    properties: namespace ? use.properties : undefined,
    constant: isConstant(item, facts, origin !== undefined && reference === undefined),
    writes: use.writes,
  };
}

/** Nothing assigns to the name anywhere in the script. A variable imported from another module may change there. */
function isConstant({ name, value }: Found, facts: ScriptFacts | undefined, fromOtherModule: boolean): boolean {
  if (facts === undefined || facts.hasEval || facts.assigned.has(name) || value === undefined) return false;
  return !(fromOtherModule && isPrimitive(value));
}

/** Scopes from this one outwards hold nothing but what the script declares at top level. */
function isModuleLevel(scopes: readonly FunctionScope[], index: number, facts: ScriptFacts | undefined): boolean {
  const kind = scopes[index]?.kind;
  if (kind !== 'closure') return true;
  if (facts === undefined) return false;
  for (let i = index; i < scopes.length; i++) {
    const scope = scopes[i] as FunctionScope;
    if (scope.kind !== 'closure') continue;
    if (!Object.keys(scope.variables).every((name) => facts.topLevel.has(name) || WRAPPER_NAMES.has(name)))
      return false;
  }
  return true;
}

/** The scopes of a function without the values that it does not use: keeping those would keep them from being collected. */
export function onlyNeeded(inspected: InspectedFunction, bindings: readonly Binding[]): InspectedFunction {
  const names = new Set(bindings.map(({ name }) => name));
  const scopes = inspected.scopes.map(({ kind, variables }) => {
    const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const name of kind === 'global' ? [] : Object.keys(variables))
      kept[name] = names.has(name) ? variables[name] : undefined;
    return { kind, variables: kind === 'global' ? variables : kept };
  });
  return { ...inspected, scopes };
}
