import { invariant } from '@grid/common';
import { randomUUID } from 'node:crypto';
import { Session } from 'node:inspector';
import type { Debugger, Runtime } from 'node:inspector';
import { runInThisContext } from 'node:vm';
import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';

/** One level of the variables that a function can see. */
export interface FunctionScope {
  readonly kind: 'module' | 'closure' | 'global' | 'script';
  /** Variables of this level, with the values of the moment. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Where the text of a function begins, nearly: V8 gives the place of its parameters. */
export interface FunctionLocation {
  readonly scriptId: string;
  /** Counted from 0. */
  readonly line: number;
  /** Counted from 0. */
  readonly column: number;
}

/** What the runtime knows of a function besides its text. */
export interface InspectedFunction {
  /** Innermost first. */
  readonly scopes: readonly FunctionScope[];
  readonly location: FunctionLocation | undefined;
  /** What a bound function was bound to. */
  readonly bound:
    { readonly target: CallableValue; readonly self: unknown; readonly args: readonly unknown[] } | undefined;
}

/** A script as the runtime announces it. */
export type ParsedScript = Pick<
  Debugger.ScriptParsedEventDataType,
  'scriptId' | 'url' | 'sourceMapURL' | 'startLine' | 'startColumn'
>;

interface Slot {
  value: unknown;
}

const OBJECT_GROUP = 'grid-functions';

/** Handles are let go of at the end of the turn, or after this many functions. */
const MAX_UNRELEASED = 32;

/**
 * Reads what functions capture, through the inspector of this very thread: no port, no flag, and answers come before
 * the request returns.
 */
export class FunctionInspector {
  readonly #session: Session;
  readonly #slotName = `grid.slot.${randomUUID()}`;
  readonly #slot: Slot = { value: undefined };
  #unreleased = 0;
  #closed = false;

  /** @throws a `Refusal` where the inspector is not permitted */
  constructor() {
    this.#session = connect();
    // Functions of another realm, such as a test's, are reached from the main one all the same.
    const mainGlobal = runInThisContext('globalThis') as object;
    Object.defineProperty(mainGlobal, this.#slotName, { value: this.#slot, enumerable: false, configurable: true });
  }

  /** Reads the scopes of a function; takes some 40 microseconds. */
  inspect(fn: CallableValue): InspectedFunction {
    this.#slot.value = fn;
    try {
      const object = this.#evaluate('value');
      const { internalProperties = [] } = this.#post('Runtime.getProperties', {
        objectId: object,
        ownProperties: true,
      });
      const location = locationOf(internalProperties);
      if (internalProperties.some(({ name }) => name === '[[TargetFunction]]')) {
        return { scopes: [], location, bound: this.#boundOf(internalProperties) };
      }
      return { scopes: this.#scopesOf(internalProperties), location, bound: undefined };
    } finally {
      this.#slot.value = undefined;
      this.#releaseSoon();
    }
  }

  /**
   * Lists all scripts, and runs `body` while their sources can be read. The debugger domain is on meanwhile only:
   * left on it makes every `await` of the process many times slower.
   */
  withScripts<T>(body: (scripts: readonly ParsedScript[], source: (scriptId: string) => string) => T): T {
    const scripts: ParsedScript[] = [];
    const listen = ({ params }: { readonly params: ParsedScript }): void => void scripts.push(params);
    this.#session.on('Debugger.scriptParsed', listen);
    try {
      this.#post('Debugger.enable', {});
      return body(scripts, (scriptId) => this.#post('Debugger.getScriptSource', { scriptId }).scriptSource);
    } finally {
      this.#post('Debugger.disable', {});
      this.#session.removeListener('Debugger.scriptParsed', listen);
    }
  }

  /** Ends the session; the inspector cannot be used any more. */
  close(): void {
    this.#closed = true;
    this.#session.disconnect();
    Reflect.deleteProperty(runInThisContext('globalThis') as object, this.#slotName);
  }

  #releaseSoon(): void {
    this.#unreleased++;
    if (this.#unreleased === 1) queueMicrotask(() => this.#release());
    if (this.#unreleased >= MAX_UNRELEASED) this.#release();
  }

  #release(): void {
    if (this.#unreleased === 0 || this.#closed) return;
    this.#unreleased = 0;
    this.#post('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
  }

  #scopesOf(properties: readonly Runtime.InternalPropertyDescriptor[]): FunctionScope[] {
    const list = objectIdOf(properties, '[[Scopes]]');
    if (list === undefined) return [];
    this.#post('Runtime.callFunctionOn', {
      objectId: list,
      functionDeclaration: `function () { globalThis[${JSON.stringify(this.#slotName)}].value = this; }`,
      silent: true,
    });
    const scopes = this.#slot.value as Readonly<
      Record<number, { readonly description: string; readonly object: object }>
    > & {
      readonly length: number;
    };
    const result: FunctionScope[] = [];
    for (let i = 0; i < scopes.length; i++) {
      const { description, object } = scopes[i] as { readonly description: string; readonly object: object };
      result.push({ kind: scopeKind(description), variables: object as Readonly<Record<string, unknown>> });
    }
    return result;
  }

  #boundOf(properties: readonly Runtime.InternalPropertyDescriptor[]): InspectedFunction['bound'] {
    const parts = ['[[TargetFunction]]', '[[BoundThis]]', '[[BoundArgs]]'].map((name) => remoteOf(properties, name));
    this.#post('Runtime.callFunctionOn', {
      objectId: this.#evaluate('value'),
      functionDeclaration: `function (target, self, args) { globalThis[${JSON.stringify(this.#slotName)}].value = { target, self, args }; }`,
      arguments: parts.map(asArgument),
      silent: true,
    });
    const { target, self, args } = this.#slot.value as {
      target: CallableValue;
      self: unknown;
      args: ArrayLike<unknown>;
    };
    return { target, self, args: Array.from(args) };
  }

  #evaluate(property: string): string {
    const { result } = this.#post('Runtime.evaluate', {
      expression: `globalThis[${JSON.stringify(this.#slotName)}].${property}`,
      objectGroup: OBJECT_GROUP,
      silent: true,
    });
    invariant(result.objectId !== undefined, 'the inspector gave no handle for a function');
    return result.objectId;
  }

  #post<M extends keyof Answers>(method: M, params: object): Answers[M] {
    const answer: { error?: Error | null; value?: Answers[M] } = {};
    // The overloads of `post` list every method; which answer belongs to which is stated in `Answers`.
    const post = this.#session.post.bind(this.#session) as (
      name: string,
      parameters: object,
      done: (error: Error | null, value?: unknown) => void,
    ) => void;
    post(method, params, (error, value) => {
      answer.error = error;
      answer.value = value as Answers[M];
    });
    if (answer.error) throw answer.error;
    invariant(
      answer.value !== undefined,
      'the inspector did not answer at once, which reading captured values relies on',
    );
    return answer.value;
  }
}

interface Answers {
  'Runtime.evaluate': Runtime.EvaluateReturnType;
  'Runtime.getProperties': Runtime.GetPropertiesReturnType;
  'Runtime.callFunctionOn': Runtime.CallFunctionOnReturnType;
  'Runtime.releaseObjectGroup': object;
  'Debugger.enable': object;
  'Debugger.disable': object;
  'Debugger.getScriptSource': Debugger.GetScriptSourceReturnType;
}

function connect(): Session {
  const session = new Session();
  try {
    session.connect();
  } catch (error) {
    throw new Refusal(
      'NOINSPECT',
      'captured values cannot be read, since the inspector is not permitted here',
      'say what it captures: task(fn, { captures: { … } }); or start Node with --allow-inspector, or use moduleTask(…) or importTask(…)',
      error,
    );
  }
  return session;
}

function locationOf(properties: readonly Runtime.InternalPropertyDescriptor[]): FunctionLocation | undefined {
  const value: unknown = properties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { scriptId, lineNumber, columnNumber } = value as {
    scriptId: string;
    lineNumber: number;
    columnNumber: number;
  };
  return { scriptId, line: lineNumber, column: columnNumber };
}

function remoteOf(
  properties: readonly Runtime.InternalPropertyDescriptor[],
  name: string,
): Runtime.RemoteObject | undefined {
  return properties.find((property) => property.name === name)?.value;
}

function objectIdOf(properties: readonly Runtime.InternalPropertyDescriptor[], name: string): string | undefined {
  return remoteOf(properties, name)?.objectId;
}

function asArgument(remote: Runtime.RemoteObject | undefined): Runtime.CallArgument {
  if (remote?.objectId !== undefined) return { objectId: remote.objectId };
  if (remote?.unserializableValue !== undefined) return { unserializableValue: remote.unserializableValue };
  return { value: remote?.value as unknown };
}

function scopeKind(description: string): FunctionScope['kind'] {
  if (description.startsWith('Module')) return 'module';
  if (description.startsWith('Global')) return 'global';
  return description.startsWith('Script') ? 'script' : 'closure';
}
