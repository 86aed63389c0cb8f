import { fileURLToPath } from 'node:url';
import type { Found, UploadTable } from '../uploads/upload-places.js';
import { badValue } from '../values/byte-source.js';
import { decodeError } from '../values/error-codec.js';
import { codeSectionOf, ValueDecoder } from '../values/value-decoder.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeDecoder } from '../values/code-port.js';
import type { CodeReadSession } from '../values/code-session.js';
import { payloadHasCode } from '../values/payload.js';
import type { Payload } from '../values/payload.js';
import type { Reader } from '../values/reader.js';
import { ClassIdentities } from './class-identities.js';
import { CodeReader } from './code-reader.js';
import { decodeSection } from './code-section.js';
import type { UnitRecord } from './code-section.js';
import { unpackUnit } from './code-units.js';
import type { CodeUnit } from './code-units.js';
import type { FunctionPayload } from './function-payload.js';
import { loadError } from './load-errors.js';
import { ModuleRunner } from './module-runner.js';
import { PackageLoader } from './package-loader.js';
import { Recent } from './recent.js';
import { referenceIdentity, referenceText } from './references.js';
import type { Reference } from './references.js';
import { MAX_UNITS, UnitRunner } from './unit-runner.js';

/** How many functions stay restored, with the state of their modules. */
const MAX_FUNCTIONS = 100;

/** How many references stay loaded. */
const MAX_REFERENCES = 10_000;

/** Where a decoder finds what functions refer to. */
export interface FunctionDecoderOptions {
  /** Folder from which packages resolve, where the place of the importing file is not on this machine. */
  readonly root: string;
  /**
   * Further folders to resolve from, tried last: where the worker's own packages lie, so that tasks may import them.
   * @defaultValue none
   */
  readonly fallbackRoots?: readonly string[] | undefined;
  /**
   * What errors call this process, such as `worker tcp://host:1234`. What it loads for functions may then not start
   * clusters or connect to one. @defaultValue a process that runs no tasks
   */
  readonly worker?: string | undefined;
  /**
   * Whether code with this hash may be evaluated. A client that does not trust its workers permits what it has sent
   * itself; instances of its own classes come back either way. @defaultValue all code
   */
  readonly mayEvaluate?: ((unitHash: string) => boolean) | undefined;
  /** Which class is which. @defaultValue the one of this process */
  readonly identities?: ClassIdentities | undefined;
}

/**
 * Restores functions that another process made ready. One per process or thread: it has caches. Whoever decodes code
 * runs it with all rights of the process; there is no sandbox.
 */
export class FunctionDecoder implements CodeDecoder {
  readonly #loader: PackageLoader;
  readonly #units: UnitRunner;
  readonly #modules: ModuleRunner;
  readonly #identities: ClassIdentities;
  readonly #decoder = new ValueDecoder();
  readonly #loaded = new Recent<string, LoadedReference>(MAX_REFERENCES);
  /** Classes of errors that could not be loaded. */
  readonly #standIns = new Map<string, unknown>();
  #functions = new Recent<string, Promise<CallableValue>>(MAX_FUNCTIONS);
  /** Code that came apart from the functions that it makes. */
  readonly #records = new Recent<string, UnitRecord>(MAX_UNITS);
  /** Grows with each upload: what was loaded before one is looked up again. */
  #generation = 0;

  constructor(options: FunctionDecoderOptions) {
    // This library's own packages are found from where this file lies, even if nothing else is installed there.
    const ownPlace = fileURLToPath(new URL('.', import.meta.url));
    const { root, fallbackRoots = [], worker, mayEvaluate = () => true } = options;
    this.#loader = new PackageLoader({ root, fallbacks: [...fallbackRoots, ownPlace], worker });
    this.#units = new UnitRunner(this.#loader, mayEvaluate);
    this.#modules = new ModuleRunner(this.#loader, mayEvaluate, worker);
    this.#identities = options.identities ?? ClassIdentities.ofProcess();
  }

  /**
   * Says what has been uploaded to this worker by now. Functions that are restored from then on find it, also those that
   * were restored before.
   */
  setUploads(table: UploadTable): void {
    this.#loader.setUploads(table);
    this.#generation += 1;
    this.#functions = new Recent(MAX_FUNCTIONS);
  }

  /** The file or folder of an upload on this worker: `NAME` or `NAME/path`; or why it is not there. */
  findUpload(name: string): Found {
    return this.#loader.uploads.find(name);
  }

  /**
   * Restores a function, with what it refers to loaded. The same function is restored once, so the state of its
   * helpers' modules stays from one call to the next.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_FUNCTION_LOAD` if a package or an export is not here,
   * `GRID_PROTOCOL_BAD_VALUE` for bytes that are no function
   */
  load(fn: FunctionPayload): Promise<CallableValue> {
    return this.#functions.get(fn.hash) ?? this.#functions.set(fn.hash, this.#load(fn));
  }

  /**
   * Loads what the code in a value refers to; must be awaited before a value with code is decoded. Does nothing for
   * plain data.
   * @throws {@link ProtocolError} as {@link FunctionDecoder.load}
   */
  async prepare(payload: Payload): Promise<void> {
    if (payloadHasCode(payload)) await this.prepareAt(payload.body, 0, payload.body.length);
  }

  /** The same as {@link FunctionDecoder.prepare} for a value inside a block of bytes. */
  async prepareAt(bytes: Uint8Array, start: number, end: number): Promise<void> {
    if (end <= start || bytes[start] === 0) return;
    const { references } = decodeSection(codeSectionOf(bytes, start, end).section);
    await Promise.all(references.map((reference) => this.#loadReference(reference)));
  }

  /**
   * Decodes what {@link encodeError} made, with the classes of errors where they can be had. Never rejects: an error
   * whose class is in a package that is not here comes back as an error of that name.
   * @param mapStack - maps stacks of restored functions back to the user's files
   */
  async openError(payload: Payload, mapStack?: (stack: string) => string): Promise<unknown> {
    try {
      await this.#prepareLeniently(payload);
    } catch (error) {
      return error;
    }
    return decodeError(payload, { code: this, mapStack });
  }

  async #prepareLeniently(payload: Payload): Promise<void> {
    if (!payloadHasCode(payload)) return;
    const { references } = decodeSection(codeSectionOf(payload.body, 0, payload.body.length).section);
    await Promise.all(
      references.map(async (reference) => {
        try {
          await this.#loadReference(reference);
        } catch (error) {
          // What went wrong in the task matters more than that its class cannot be had here.
          void error;
          this.#standIns.set(loadKey(reference), standInFor(reference));
        }
      }),
    );
  }

  begin(reader: Reader, section: Uint8Array): CodeReadSession {
    return this.#begin(reader, section, []);
  }

  #begin(reader: Reader, section: Uint8Array, units: readonly CodeUnit[]): CodeReadSession {
    const parsed = decodeSection(section);
    const unitOf = (index: number): UnitRecord => {
      const unit = parsed.units[index];
      if (unit === undefined) throw badValue('a function has no code');
      return typeof unit === 'string' ? this.#recordOf(unit, units) : unit;
    };
    return new CodeReader(reader, {
      section: parsed,
      identities: this.#identities,
      loaded: (index) => this.#loadedReference(parsed.references[index]),
      unit: (index) => this.#units.instantiate(unitOf(index)),
      moduleExport: (index, name) => this.#modules.exportOf(unitOf(index), name),
    });
  }

  #recordOf(hash: string, units: readonly CodeUnit[]): UnitRecord {
    const known = this.#records.get(hash);
    if (known !== undefined) return known;
    const unit = units.find((candidate) => candidate.hash === hash);
    if (unit === undefined) throw badValue('the code of a function did not come with it');
    return this.#records.set(hash, unpackUnit(unit));
  }

  async #load({ hash, payload, units }: FunctionPayload): Promise<CallableValue> {
    try {
      await this.prepare(payload);
      const code: CodeDecoder = { begin: (reader, section) => this.#begin(reader, section, units) };
      const value = this.#decoder.decode(payload, { code });
      if (typeof value !== 'function') throw notCallable(payload);
      // `typeof` proves that it can be called; nobody knows with what.
      return value as CallableValue;
    } catch (error) {
      // A package may be installed later: failures are not remembered.
      this.#functions.delete(hash);
      throw error;
    }
  }

  async #loadReference(reference: Reference): Promise<void> {
    const key = loadKey(reference);
    const generation = this.#generation;
    if (this.#loaded.get(key)?.generation === generation) return;
    const value = await this.#loader.load(reference);
    this.#identities.adoptReference(value, reference);
    this.#loaded.set(key, { value, generation });
  }

  #loadedReference(reference: Reference | undefined): unknown {
    if (reference === undefined) throw badValue('they refer to a package that they do not name');
    const key = loadKey(reference);
    const loaded = this.#loaded.get(key);
    if (loaded === undefined) {
      const standIn = this.#standIns.get(key);
      if (standIn !== undefined) return standIn;
      throw loadError(
        'NOTLOADED',
        `'${referenceText(reference)}' was not loaded before its function; await prepare() first`,
        {
          reference: referenceText(reference),
        },
      );
    }
    return loaded.value;
  }
}

interface LoadedReference {
  readonly value: unknown;
  /** How many uploads there were. */
  readonly generation: number;
}

/** A module on this side may hold something else than the other side took it for. */
function notCallable({ body }: Payload): Error {
  const [reference] = body[0] === 0 ? [] : decodeSection(codeSectionOf(body, 0, body.length).section).references;
  if (reference === undefined) return badValue('it is no function');
  const what = referenceText(reference);
  return loadError('NOEXPORT', `'${what}' is no function here`, { reference: what });
}

/** A class of errors in place of one that is not here. */
function standInFor({ path, pkg }: Reference): unknown {
  const name = path.at(-1) ?? pkg;
  class StandIn extends Error {}
  Object.defineProperty(StandIn, 'name', { value: name });
  Object.defineProperty(StandIn.prototype, 'name', { value: name, writable: true, configurable: true });
  return StandIn;
}

function loadKey(reference: Reference): string {
  return `${reference.hint} ${referenceIdentity(reference)}`;
}
