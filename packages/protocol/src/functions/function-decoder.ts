import { fileURLToPath } from 'node:url';
import type { Found, UploadTable } from '../uploads/upload-places.js';
import { badValue } from '../values/byte-source.js';
import { decodeError } from '../values/error-codec.js';
import { defaultSerializers } from '../values/default-serializers.js';
import { hasThen } from '../values/has-then.js';
import { readPackages } from '../values/package-section.js';
import { findSections } from '../values/sections.js';
import { isLazy } from '../values/serializers.js';
import type { SerializerRegistry } from '../values/serializers.js';
import { ValueDecoder } from '../values/value-decoder.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeDecoder } from '../values/code-port.js';
import type { CodeReadSession } from '../values/code-session.js';
import { needsPreparation } from '../values/payload.js';
import type { Payload } from '../values/payload.js';
import type { Reader } from '../values/reader.js';
import { ClassIdentities } from './class-identities.js';
import { CodeReader } from './code-reader.js';
import { decodeSection, isUnitRecord } from './code-section.js';
import type { UnitRecord } from './code-section.js';
import { unpackUnit } from './code-units.js';
import type { CodeUnit } from './code-units.js';
import { standInForReference, StandIns } from './error-stand-ins.js';
import type { FunctionPayload } from './function-payload.js';
import { loadError } from './load-errors.js';
import { ModuleRunner } from './module-runner.js';
import { PackageLoader } from './package-loader.js';
import { Recent } from './recent.js';
import { referenceIdentity, referenceText } from './references.js';
import { isRegistrationRecord } from './registration-record.js';
import type { RegistrationRecord } from './registration-record.js';
import { adoptRegistration, payloadOf } from './registrations.js';
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
   * itself; instances of its own classes come back either way. Where this is given, bound functions are refused: they
   * are calls with arguments of the other side's choice. @defaultValue all code
   */
  readonly mayEvaluate?: ((unitHash: string) => boolean) | undefined;
  /** Which class is which. @defaultValue the one of this process */
  readonly identities?: ClassIdentities | undefined;
  /** Serializers of classes. @defaultValue `defaultSerializers` */
  readonly serializers?: SerializerRegistry | undefined;
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
  readonly #serializers: SerializerRegistry;
  readonly #mayBind: boolean;
  readonly #decoder = new ValueDecoder();
  readonly #loaded = new Recent<string, LoadedReference>(MAX_REFERENCES);
  /** Classes of errors that could not be loaded. */
  readonly #standIns = new Map<string, unknown>();
  #functions = new Recent<string, Promise<CallableValue>>(MAX_FUNCTIONS);
  /** Code that came apart from the functions that it makes. */
  readonly #records = new Recent<string, UnitRecord | RegistrationRecord>(MAX_UNITS);
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
    this.#serializers = options.serializers ?? defaultSerializers;
    this.#mayBind = options.mayEvaluate === undefined;
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
   * Loads a module by its name, from where functions find theirs.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_FUNCTION_LOAD` if it is not here
   */
  importModule(specifier: string): Promise<unknown> {
    return this.#loader.importFromTask(specifier, '');
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
   * Loads what the code in a value refers to, and the optional packages whose values it holds; must be awaited before
   * such a value is decoded. Does nothing for plain data.
   * @throws {@link ProtocolError} as {@link FunctionDecoder.load}; `GRID_PROTOCOL_DESERIALIZE` if an optional package is
   * not installed here
   */
  async prepare(payload: Payload): Promise<void> {
    if (needsPreparation(payload)) await this.prepareAt(payload.body, 0, payload.body.length);
  }

  /** The same as {@link FunctionDecoder.prepare} for a value inside a block of bytes. */
  async prepareAt(bytes: Uint8Array, start: number, end: number): Promise<void> {
    if (end <= start || bytes[start] === 0) return;
    const { code, packages } = findSections(bytes, start, end);
    if (packages !== undefined) await this.#loadPackages(packages);
    if (code === undefined) return;
    const { references } = decodeSection(code);
    await Promise.all(references.map((reference) => this.#loadReference(reference)));
  }

  /**
   * Decodes what {@link encodeError} made, with the classes of errors where they can be had. Never rejects: an error
   * whose class is in a package that is not here, or may not be evaluated here, comes back as an error of that name.
   * @param mapStack - maps stacks of restored functions back to the user's files
   */
  async openError(payload: Payload, mapStack?: (stack: string) => string): Promise<unknown> {
    try {
      await this.#prepareLeniently(payload);
    } catch (error) {
      return error;
    }
    const standIns = new StandIns();
    const thrown = decodeError(payload, {
      code: { begin: (reader, section) => this.#begin(reader, section, [], standIns) },
      mapStack,
    });
    return hasThen(thrown) ? badValue("what was thrown has a method 'then', which awaiting it would call") : thrown;
  }

  async #prepareLeniently(payload: Payload): Promise<void> {
    if (!needsPreparation(payload)) return;
    const { code, packages } = findSections(payload.body, 0, payload.body.length);
    if (packages !== undefined) await this.#loadPackages(packages);
    if (code === undefined) return;
    await Promise.all(
      decodeSection(code).references.map(async (reference) => {
        try {
          await this.#loadReference(reference);
        } catch (error) {
          // What went wrong in the task matters more than that its class cannot be had here.
          void error;
          this.#standIns.set(loadKey(reference), standInForReference(reference));
        }
      }),
    );
  }

  begin(reader: Reader, section: Uint8Array): CodeReadSession {
    return this.#begin(reader, section, []);
  }

  #begin(reader: Reader, section: Uint8Array, units: readonly CodeUnit[], standIns?: StandIns): CodeReadSession {
    const parsed = decodeSection(section);
    const unitOf = (index: number): UnitRecord => {
      const unit = parsed.units[index];
      if (unit === undefined) throw badValue('a function has no code');
      return typeof unit === 'string' ? this.#recordOf(unit, units) : unit;
    };
    return new CodeReader(reader, {
      section: parsed,
      identities: standIns?.classes(this.#identities) ?? this.#identities,
      mayBind: this.#mayBind,
      loaded: (index) => this.#loadedReference(parsed.references[index]),
      unit: (index) => {
        const context = this.#units.instantiate(unitOf(index));
        return standIns?.context(context) ?? context;
      },
      moduleExport: (index, name) => this.#modules.exportOf(unitOf(index), name),
    });
  }

  #recordOf(hash: string, units: readonly CodeUnit[]): UnitRecord {
    const unit = units.find((candidate) => candidate.hash === hash);
    const record = unit === undefined ? this.#records.get(hash) : this.#unpacked(unit);
    if (record === undefined || !isUnitRecord(record)) throw badValue('the code of a function did not come with it');
    return record;
  }

  #unpacked(unit: CodeUnit): UnitRecord | RegistrationRecord {
    return this.#records.get(unit.hash) ?? this.#records.set(unit.hash, unpackUnit(unit));
  }

  /**
   * Takes over the serializers that came with a function. One that cannot be used fails nothing before somebody needs it.
   * Only functions bring any: what is merely a value must not change how others are read.
   */
  async #adoptRegistrations(units: readonly CodeUnit[]): Promise<void> {
    for (const unit of units) {
      const record = this.#unpacked(unit);
      if (!isRegistrationRecord(record) || this.#serializers.isSettled(record.registration, unit.hash)) continue;
      try {
        const payload = payloadOf(record);
        await this.prepare(payload);
        adoptRegistration(this.#serializers, unit.hash, record, this.#decoder.decode(payload, { code: this }));
      } catch (error) {
        this.#serializers.adoptFailure(record.registration, unit.hash, error);
      }
    }
  }

  /** Only what this process itself has registered is loaded: bytes name serializers, not packages. */
  async #loadPackages(section: Uint8Array): Promise<void> {
    await Promise.all(
      readPackages(section).map(async ({ name, copy }) => {
        const serializer = this.#serializers.named(name);
        if (serializer === undefined || !isLazy(serializer)) return;
        const { packageName } = serializer;
        if (this.#serializers.moduleOf(packageName) !== undefined) return;
        this.#serializers.setModule(packageName, await this.#loader.loadPackage(packageName, copy));
      }),
    );
  }

  async #load({ hash, payload, units }: FunctionPayload): Promise<CallableValue> {
    try {
      await this.prepare(payload);
      await this.#adoptRegistrations(units);
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
  const { code } = findSections(body, 0, body.length);
  const [reference] = code === undefined ? [] : decodeSection(code).references;
  if (reference === undefined) return badValue('it is no function');
  const what = referenceText(reference);
  return loadError('NOEXPORT', `'${what}' is no function here`, { reference: what });
}

function loadKey(reference: Reference): string {
  return `${reference.hint} ${referenceIdentity(reference)}`;
}
