import { createHash, randomUUID } from 'node:crypto';
import { isGridError } from '@grid/common';
import { ValueEncoder } from '../values/value-encoder.js';
import { codeSectionOf } from '../values/value-decoder.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeEncoder } from '../values/code-port.js';
import type { CodeWriteSession } from '../values/code-session.js';
import type { Payload } from '../values/payload.js';
import type { Writer } from '../values/writer.js';
import { CaptureSession } from './capture-session.js';
import type { CaptureControl } from './capture-control.js';
import { CaptureTools } from './capture-tools.js';
import { nameOf } from './capture-trail.js';
import { ClassIdentities } from './class-identities.js';
import type { CodeSection } from './code-section.js';
import type { FunctionPayload } from './function-payload.js';
import { referenceIdentity } from './references.js';
import { StackMapper } from './stack-mapper.js';

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
  /** Hashes of all units made; as many as the program has scripts with captured functions, give or take. */
  readonly #units = new Set<string>();
  readonly #stacks: StackMapper;
  #control: CaptureControl | undefined;

  constructor(options: FunctionEncoderOptions = {}) {
    this.#tools = new CaptureTools(options.identities ?? ClassIdentities.ofProcess());
    this.#stacks = new StackMapper(() => this.#tools);
  }

  /**
   * Captures a function with the values that its variables have now.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_CAPTURE`; `details.reason`, `details.trail` and `details.fix` say what,
   * by which path, and what to do
   */
  capture(fn: CallableValue, options: CaptureOptions = {}): FunctionPayload {
    const allowWrites = options.allowCaptureWrites === true;
    const known = allowWrites ? undefined : this.#payloads.get(fn);
    const name = options.name ?? nameOf(fn);
    if (known !== undefined) return options.name === undefined ? known : { ...known, name };
    let section: CodeSection | undefined;
    const control = this.#newControl({
      allowWrites,
      learnConstants: this.#seen.has(fn),
      onSection: (finished) => (section = finished),
    });
    this.#control = control;
    try {
      const payload = this.#encoder.encode(fn, { code: this, exact: true, rootName: 'function' });
      const hash = hashOf(payload, section);
      const result = { hash, name: name === '' ? 'anonymous' : name, payload };
      if (control.repeatable && !allowWrites) this.#payloads.set(fn, { ...result, name: nameOf(fn) || 'anonymous' });
      this.#seen.add(fn);
      return result;
    } finally {
      this.#control = undefined;
    }
  }

  /**
   * Loads the parser and opens the inspector, which takes some 20 milliseconds, so that the first capture need not. For
   * moments in which a process waits anyway.
   */
  warmUp(): void {
    this.capture(() => undefined);
  }

  /** Hash of a function or class, for tokens; `undefined` if it cannot travel. */
  hashOf(fn: CallableValue): string | undefined {
    try {
      return this.capture(fn).hash;
    } catch (error) {
      if (isGridError(error)) return undefined;
      throw error;
    }
  }

  /**
   * Whether this encoder made the unit with this hash: what a decoder of the same process may evaluate without trusting
   * anybody.
   */
  hasMade(unitHash: string): boolean {
    return this.#units.has(unitHash);
  }

  begin(writer: Writer): CodeWriteSession {
    const control = this.#control ?? this.#newControl({ allowWrites: true, learnConstants: false });
    this.#control = undefined;
    return new CaptureSession({ tools: this.#tools, control, locate: (fn) => this.#stacks.placeOf(fn) }, writer);
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

  #newControl(how: {
    readonly allowWrites: boolean;
    readonly learnConstants: boolean;
    readonly onSection?: (section: CodeSection) => void;
  }): CaptureControl {
    return {
      allowWrites: how.allowWrites,
      learnConstants: how.learnConstants,
      repeatable: true,
      contentOf: (owner) => this.#contentOf(owner),
      onFinish: (section, units) => {
        this.#stacks.remember(section.units, units);
        for (const { hash } of section.units) this.#units.add(hash);
        how.onSection?.(section);
      },
    };
  }

  /** Hash of what a class is made of. Where it cannot travel its identity does not matter: the capture fails anyway. */
  #contentOf(owner: CallableValue): string {
    let section: CodeSection | undefined;
    const control: CaptureControl = {
      allowWrites: true,
      learnConstants: false,
      repeatable: true,
      contentOf: undefined,
      onFinish: (finished) => (section = finished),
    };
    const parts = { tools: this.#tools, control, locate: () => undefined };
    const code = { begin: (writer: Writer) => new CaptureSession(parts, writer) };
    try {
      return hashOf(new ValueEncoder().encode(owner, { code, exact: true }), section);
    } catch (error) {
      if (isGridError(error)) return randomUUID();
      throw error;
    }
  }
}

/** Hashes what determines a function: code, values and references, but no paths of this machine and no identities. */
function hashOf({ body, buffers }: Payload, section: CodeSection | undefined): string {
  const hash = createHash('sha256');
  const end = section === undefined ? body.length : codeSectionOf(body, 0, body.length).valueEnd;
  hash.update(body.subarray(0, end));
  const code = section === undefined ? [] : section.units.map((unit) => unit.hash);
  const references = section === undefined ? [] : section.references.map(referenceIdentity);
  hash.update(JSON.stringify([code, references, buffers.map((buffer) => buffer.byteLength)]));
  for (const buffer of buffers) hash.update(buffer);
  return hash.digest('hex');
}
