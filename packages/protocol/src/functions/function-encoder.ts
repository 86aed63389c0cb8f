import { createHash, randomUUID } from 'node:crypto';
import { isGridError } from '@grid/common';
import { ValueEncoder } from '../values/value-encoder.js';
import { ByteSink } from '../values/byte-sink.js';
import { defaultSerializers } from '../values/default-serializers.js';
import { Refusal } from '../values/refusal.js';
import { lastSection } from '../values/sections.js';
import type { SerializerRegistry } from '../values/serializers.js';
import { ValueWriter } from '../values/value-writer.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeEncoder } from '../values/code-port.js';
import type { CodeWriteSession } from '../values/code-session.js';
import type { Payload } from '../values/payload.js';
import type { Writer } from '../values/writer.js';
import { CaptureSession } from './capture-session.js';
import type { CapturedCode, CaptureControl } from './capture-control.js';
import type { CaptureReport } from './capture-report.js';
import { CaptureTools } from './capture-tools.js';
import { nameOf } from './capture-trail.js';
import { ClassIdentities } from './class-identities.js';
import { UnitPacker } from './code-units.js';
import type { CodeUnit } from './code-units.js';
import { explainCapture } from './explain-capture.js';
import type { ExplainOptions } from './explain-options.js';
import type { FunctionPayload } from './function-payload.js';
import { NO_PLACES } from './place-finder.js';
import { Recent } from './recent.js';
import { referenceIdentity } from './references.js';
import { RegistrationEncoder } from './registrations.js';
import { StackMapper } from './stack-mapper.js';

/** How many units are known to be made here: more than a program has, unless it makes code as it goes. */
const MAX_MADE = 5000;

/** Names of functions become parts of keys; longer ones are cut. */
const NAME_LENGTH_MAX = 200;

/** How one function is captured. */
export interface CaptureOptions {
  /** Name for people. @defaultValue the function's own */
  readonly name?: string | undefined;
  /** Permits a function that assigns to captured variables; each task then works on a copy. @defaultValue false */
  readonly allowCaptureWrites?: boolean | undefined;
}

/** What an encoder shares with others of its process. */
export interface FunctionEncoderOptions {
  /** Which class is which. @defaultValue the one of this process */
  readonly identities?: ClassIdentities | undefined;
  /** Serializers, which travel with every function that is captured. @defaultValue `defaultSerializers` */
  readonly serializers?: SerializerRegistry | undefined;
}

/**
 * Makes functions ready to travel, with everything that they capture: helpers and classes of the user's files by value,
 * packages and Node's modules by reference. One per process: it has caches. Nothing is loaded before the first capture.
 */
export class FunctionEncoder implements CodeEncoder {
  readonly #tools: CaptureTools;
  readonly #encoder = new ValueEncoder();
  readonly #payloads = new WeakMap<CallableValue, FunctionPayload>();
  readonly #seen = new WeakSet<CallableValue>();
  readonly #packer = new UnitPacker();
  /** Hashes of units made here. */
  readonly #made = new Recent<string, true>(MAX_MADE);
  readonly #stacks: StackMapper;
  readonly #registrations: RegistrationEncoder;
  /** Whether all that there is to an instance of a class can be sent, by prototype. */
  readonly #sendable = new WeakMap<object, boolean>();
  #control: CaptureControl | undefined;

  constructor(options: FunctionEncoderOptions = {}) {
    this.#tools = new CaptureTools(options.identities ?? ClassIdentities.ofProcess());
    this.#stacks = new StackMapper(() => this.#tools);
    this.#registrations = new RegistrationEncoder(options.serializers ?? defaultSerializers, (value) =>
      this.#encodeAlone(value, (owner) => this.#contentOf(owner)),
    );
  }

  /**
   * Captures a function with the values that its variables have now.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_CAPTURE`; `details.reason`, `details.trail` and `details.fix` say what,
   * by which path, and what to do
   */
  capture(fn: CallableValue, options: CaptureOptions = {}): FunctionPayload {
    const allowWrites = options.allowCaptureWrites === true;
    const known = allowWrites ? undefined : this.#payloads.get(fn);
    const { payload } = known === undefined ? this.#capture(fn, allowWrites) : { payload: known };
    return options.name === undefined ? payload : { ...payload, name: options.name };
  }

  /**
   * Says what of a function or value would travel, and how: sizes, kinds and names, but no values. Never throws for what
   * cannot travel: the report says where that is, and why.
   */
  explain(value: unknown, options: ExplainOptions = {}): CaptureReport {
    return explainCapture({ tools: this.#tools, places: this.#stacks }, value, options);
  }

  /**
   * Loads the parser and opens the inspector, which takes some 20 milliseconds, so that the first capture need not. For
   * moments in which a process waits anyway.
   */
  warmUp(): void {
    this.capture(() => undefined);
  }

  /**
   * Hash of a function or class, for tokens; `undefined` if it cannot travel, or if its content does not determine what
   * it does: it, or one of its helpers, assigns to a variable that others may share.
   * @param instance - an instance of the class: there is no hash if more belongs to it than can be read
   */
  hashOf(fn: CallableValue, instance?: object): string | undefined {
    try {
      if (instance !== undefined && !this.#isSendable(instance)) return undefined;
      const known = this.#payloads.get(fn);
      if (known !== undefined) return known.hash;
      const { payload, assigns } = this.#capture(fn, true);
      return assigns ? undefined : payload.hash;
    } catch (error) {
      if (isGridError(error)) return undefined;
      throw error;
    }
  }

  /**
   * Whether this encoder made the unit with this hash: what a decoder of the same process may evaluate without trusting
   * anybody. The last 5000 units are known.
   */
  hasMade(unitHash: string): boolean {
    return this.#made.has(unitHash);
  }

  begin(writer: Writer): CodeWriteSession {
    const control = this.#control ?? this.#newControl({ allowWrites: true, learnConstants: false });
    this.#control = undefined;
    return new CaptureSession({ tools: this.#tools, control, places: this.#stacks }, writer);
  }

  /**
   * Maps a stack of a task back to the user's files, through source maps, and takes out the frames of the worker.
   * Knows the functions that this encoder has captured lately; leaves all other frames as they are.
   */
  mapStack(stack: string): string {
    return this.#stacks.map(stack);
  }

  /** Ends the inspector session, if one was opened. The encoder opens another one when it is used again. */
  close(): void {
    this.#tools.close();
  }

  #capture(fn: CallableValue, allowWrites: boolean): { readonly payload: FunctionPayload; readonly assigns: boolean } {
    let code: CapturedCode | undefined;
    let units: readonly CodeUnit[] = [];
    const control = this.#newControl({
      allowWrites,
      learnConstants: this.#seen.has(fn),
      hashesOf: (records) => {
        units = records.map((record) => this.#packer.pack(record));
        return units.map(({ hash }) => hash);
      },
      onCode: (finished) => (code = finished),
    });
    this.#control = control;
    try {
      const payload = this.#encoder.encode(fn, { code: this, exact: true, rootName: 'function' });
      const name = nameOf(fn).slice(0, NAME_LENGTH_MAX) || 'anonymous';
      // They are no part of what the function is, so they do not change its hash.
      const result = { hash: hashOf(payload, code), name, payload, units: [...units, ...this.#registrations.units()] };
      if (control.repeatable && !control.assigns) this.#payloads.set(fn, result);
      this.#seen.add(fn);
      return { payload: result, assigns: control.assigns };
    } finally {
      this.#control = undefined;
    }
  }

  #newControl(how: {
    readonly allowWrites: boolean;
    readonly learnConstants: boolean;
    readonly hashesOf?: CaptureControl['hashesOf'];
    readonly onCode?: (code: CapturedCode) => void;
  }): CaptureControl {
    return {
      allowWrites: how.allowWrites,
      learnConstants: how.learnConstants,
      repeatable: true,
      assigns: false,
      contentOf: (owner) => this.#contentOf(owner),
      hashesOf: how.hashesOf,
      onFinish: (code) => {
        this.#stacks.remember(code.units, code.builders);
        for (const { hash } of code.units) this.#made.set(hash, true);
        how.onCode?.(code);
      },
    };
  }

  /** Hash of what a class is made of. Where it cannot travel its identity does not matter: the capture fails anyway. */
  #contentOf(owner: CallableValue): string {
    try {
      return this.#encodeAlone(owner, undefined).hash;
    } catch (error) {
      if (isGridError(error)) return randomUUID();
      throw error;
    }
  }

  /** Encodes a value with all of its code, outside of any capture. */
  #encodeAlone(
    value: unknown,
    contentOf: CaptureControl['contentOf'],
  ): { readonly hash: string; readonly payload: Payload } {
    let code: CapturedCode | undefined;
    const control: CaptureControl = {
      allowWrites: true,
      learnConstants: false,
      repeatable: true,
      assigns: false,
      contentOf,
      hashesOf: undefined,
      onFinish: (finished) => (code = finished),
    };
    const parts = { tools: this.#tools, control, places: NO_PLACES };
    const port = { begin: (writer: Writer) => new CaptureSession(parts, writer) };
    const payload = new ValueEncoder().encode(value, { code: port, exact: true });
    return { hash: hashOf(payload, code), payload };
  }

  #isSendable(instance: object): boolean {
    const prototype = Object.getPrototypeOf(instance) as object;
    let known = this.#sendable.get(prototype);
    if (known === undefined) {
      known = this.#hasSendableClass(instance, prototype);
      this.#sendable.set(prototype, known);
    }
    return known;
  }

  #hasSendableClass(instance: object, prototype: object): boolean {
    try {
      this.begin(new ValueWriter(new ByteSink(0))).classOf(instance, prototype);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }
}

/** Hashes what determines a function: code, values and references, but no paths of this machine and no identities. */
function hashOf({ body, buffers }: Payload, code: CapturedCode | undefined): string {
  const hash = createHash('sha256');
  const end = code === undefined ? body.length : lastSection(body, 0, body.length).valueEnd;
  hash.update(body.subarray(0, end));
  const units = code === undefined ? [] : code.units.map((unit) => unit.hash);
  const references = code === undefined ? [] : code.section.references.map(referenceIdentity);
  hash.update(JSON.stringify([units, references, buffers.map((buffer) => buffer.byteLength)]));
  for (const buffer of buffers) hash.update(buffer);
  return hash.digest('hex');
}
