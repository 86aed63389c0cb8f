import { Refusal } from '../values/refusal.js';
import type { Analysis } from './analyze.js';
import { isBulkData, isNamespaceLike } from './capture-tools.js';
import type { CaptureTools } from './capture-tools.js';
import type { FunctionScope, InspectedFunction } from './inspect-function.js';
import { KNOWN_GLOBALS } from './known-globals.js';
import { WRAPPER_NAMES } from './read-script.js';
import type { ScriptFacts } from './read-script.js';
import type { Reference } from './references.js';
import type { NameUse } from './scope-stack.js';
import { findDeclaration } from './static-scopes.js';
import type { Declaration, StaticScope } from './static-scopes.js';
import { isViteNamespace } from './transpiler-names.js';
import { IMPORT_FUNCTION, IMPORT_META } from './unit-builder.js';

/** What one free name of a function stands for. */
export interface Binding {
  readonly name: string;
  readonly value: unknown;
  /** Which of the function's scopes has it; innermost first. */
  readonly scopeIndex: number;
  /** It is a variable of a module or of the process, as far as that is known. */
  readonly isTop: boolean;
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
  readonly text: string;
  readonly analysis: Analysis;
  readonly inspected: InspectedFunction;
  /** Look at the source of the script even where no value asks for it. */
  readonly readScript: boolean;
  /** Packages that do not go by reference. */
  readonly byValue: ReadonlySet<string>;
}

interface Found {
  readonly name: string;
  readonly use: NameUse;
  readonly value: unknown;
  readonly scopeIndex: number;
}

/** Finds the values of all free names of a function; names that every process has stay as they are. */
export function resolveNames(tools: CaptureTools, request: ResolveRequest): Binding[] {
  const { analysis, inspected, text } = request;
  const { scopes, location } = inspected;
  const found: Found[] = [];
  for (const [name, use] of analysis.names) {
    const item = findName(scopes, name, use);
    if (item === undefined) continue;
    if (item.value === undefined && tools.earlyNames.isEarly(name, location)) throw tooEarly(name);
    found.push(item);
  }
  const needsScript = found.length > 0 && (request.readScript || found.some(asksForScript));
  const facts = needsScript && location !== undefined ? tools.scripts.factsOf(location.scriptId) : undefined;
  if (facts === undefined || location === undefined) return found.map((item) => bindUnread(scopes, item));
  const around = tools.scripts.scopeAround(text, location);
  const url = tools.scripts.get(location.scriptId)?.url ?? '';
  const { byValue } = request;
  return found.map((item) => bind(tools, item, { scopes, facts, around, url, byValue }));
}

function asksForScript({ value }: Found): boolean {
  return !isBulkData(value);
}

function findName(scopes: readonly FunctionScope[], name: string, use: NameUse): Found | undefined {
  for (let i = 0; i < scopes.length; i++) {
    const { kind, variables } = scopes[i] as FunctionScope;
    if (kind === 'global') break;
    if (!Object.hasOwn(variables, name)) continue;
    const value = readVariable(variables, name);
    // Each worker has a `require` of its own, which loads from where its packages are; so it is with `import(…)`.
    if (name === 'require' && kind === 'closure' && typeof value === 'function') return undefined;
    if ((name === IMPORT_FUNCTION || name === IMPORT_META) && kind === 'closure') return undefined;
    return { name, use, value, scopeIndex: i };
  }
  if (KNOWN_GLOBALS.has(name)) return undefined;
  const index = scopes.findIndex(({ kind }) => kind === 'global');
  const global = scopes[index];
  if (global !== undefined && name in global.variables) {
    return { name, use, value: readVariable(global.variables, name), scopeIndex: index };
  }
  if (use.optional) return undefined;
  throw new Refusal(
    'UNDEF',
    `it uses '${name}', which is defined neither around it nor as a global`,
    `declare or import '${name}', or pass it as an argument`,
  );
}

function readVariable(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name];
  } catch (error) {
    // The runtime's own error speaks of a debugger.
    void error;
    throw tooEarly(name);
  }
}

/** The refusal for a variable whose declaration has not run yet. */
function tooEarly(name: string): Refusal {
  return new Refusal(
    'TDZ',
    `it uses '${name}', which has no value yet, as its declaration has not run`,
    `move the declaration of '${name}' up, or submit further down`,
  );
}

/** Where the source of the script is not looked at, the value is all that is known. */
function bindUnread(scopes: readonly FunctionScope[], { name, use, value, scopeIndex }: Found): Binding {
  const isTop = scopes[scopeIndex]?.kind !== 'closure';
  const properties = isNamespaceLike(value) ? use.properties : undefined;
  return { name, value, scopeIndex, isTop, reference: undefined, properties, constant: false, writes: use.writes };
}

interface Surrounding {
  readonly scopes: readonly FunctionScope[];
  readonly facts: ScriptFacts;
  readonly around: StaticScope | undefined;
  readonly url: string;
  readonly byValue: ReadonlySet<string>;
}

function bind(tools: CaptureTools, item: Found, surrounding: Surrounding): Binding {
  const { name, use, value, scopeIndex } = item;
  const { facts, around, url, byValue } = surrounding;
  const declaration = around === undefined ? undefined : findDeclaration(around, name);
  const isTop = isAtTop(item, declaration, surrounding);
  const origin = isTop ? facts.imports.get(name) : undefined;
  // Bulk data of packages goes by value, whether the script was looked at or not.
  const found = origin === undefined || isBulkData(value) ? undefined : tools.packages.fromImport(origin, url, value);
  const reference = found !== undefined && byValue.has(found.pkg) ? undefined : found;
  const namespace = reference === undefined && (isNamespaceLike(value) || (isTop && isNamespaceName(name)));
  return {
    name,
    value,
    scopeIndex,
    isTop,
    reference,
    properties: namespace ? use.properties : undefined,
    constant:
      value !== undefined &&
      declaration !== undefined &&
      !declaration.assigned &&
      !facts.hasEval &&
      !(origin?.isLive === true && reference === undefined),
    writes: use.writes,
  };
}

/** Names of whole modules, whatever stands for them. */
function isNamespaceName(name: string): boolean {
  return name === 'exports' || isViteNamespace(name);
}

function isAtTop(
  { name, scopeIndex }: Found,
  declaration: Declaration | undefined,
  { scopes, facts, around }: Surrounding,
): boolean {
  if (scopes[scopeIndex]?.kind !== 'closure') return true;
  if (declaration !== undefined) return facts.isTop(declaration.scope);
  return around !== undefined && WRAPPER_NAMES.has(name);
}

/** The scopes of a function without the values that it does not use: keeping those would keep them from being collected. */
export function onlyNeeded(inspected: InspectedFunction, bindings: readonly Binding[]): InspectedFunction {
  const names = new Set(['require', IMPORT_META, ...bindings.map(({ name }) => name)]);
  const scopes = inspected.scopes.map(({ kind, variables }) => {
    const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const name of kind === 'global' ? [] : Object.keys(variables))
      kept[name] = names.has(name) ? variables[name] : undefined;
    return { kind, variables: kind === 'global' ? variables : kept };
  });
  return { ...inspected, scopes };
}
