import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { whileLoadingModule } from '@grid/common';
import { NO_UPLOADS, UPLOAD_SCHEME, UploadPlaces } from '../uploads/upload-places.js';
import type { UploadTable } from '../uploads/upload-places.js';
import { ProtocolError } from '../errors.js';
import { badValue } from '../values/byte-source.js';
import { kindOfFile } from './file-kinds.js';
import type { PackageInfo } from './file-kinds.js';
import { listOfNames, loadError } from './load-errors.js';
import { INTEROP } from './package-references.js';
import { referenceText } from './references.js';
import type { Reference } from './references.js';
import {
  candidateRoots,
  isBareSpecifier,
  isBuiltinSpecifier,
  packageNameOf,
  resolvePackage,
} from './resolve-package.js';
import type { LoadKind } from './resolve-package.js';
import { importedFile } from './transpiler-names.js';

/** Where packages of this process are looked for. */
export interface PackagePlaces {
  /** Folder from which packages resolve. */
  readonly root: string;
  /** Further folders, tried last: where this library itself lies. */
  readonly fallbacks: readonly string[];
  /** What to call this process in errors, such as `worker tcp://host:1234`; `undefined` for one that runs no tasks. */
  readonly worker: string | undefined;
}

/** Loads what functions refer to: exports of packages, of uploads and of Node, from this process's own places. */
export class PackageLoader {
  readonly #places: PackagePlaces;
  readonly #require: NodeJS.Require;
  #uploads = new UploadPlaces(NO_UPLOADS);

  constructor(places: PackagePlaces) {
    this.#places = places;
    this.#require = createRequire(join(places.root, 'noop.js'));
  }

  /** A `require` as tasks have it. */
  get require(): NodeJS.Require {
    return this.#require;
  }

  /** What has been uploaded to this worker. */
  get uploads(): UploadPlaces {
    return this.#uploads;
  }

  /** What has been uploaded by now. Uploaded packages go before those that are installed. */
  setUploads(table: UploadTable): void {
    this.#uploads = new UploadPlaces(table);
  }

  /**
   * Loads one thing.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_FUNCTION_LOAD` if the package, its version or the export is not here
   */
  async load(reference: Reference): Promise<unknown> {
    if (reference.kind === 'builtin') return this.#follow(reference, this.#loadBuiltin(reference));
    const file = this.#fileOf(reference.specifier) ?? this.#find(reference);
    return this.#follow(reference, await this.#loadFile(file, reference.kind));
  }

  /**
   * Loads a package by its name alone, of whatever version.
   * @param kind - which copy to take of a package that has one for `require` and another one for `import`
   * @throws {@link ProtocolError} `GRID_PROTOCOL_DESERIALIZE` if it is not here
   */
  async loadPackage(name: string, kind: LoadKind): Promise<unknown> {
    for (const folder of this.#folders('', name)) {
      const file = resolvePackage(name, folder, kind);
      if (file !== undefined) return this.#loadFile(file, kind);
    }
    const { root } = this.#places;
    throw new ProtocolError(
      'GRID_PROTOCOL_DESERIALIZE',
      `a value of package '${name}' arrived, and that package is not installed here under ${root}; install it in every process that receives such values`,
      { details: { package: name, root } },
    );
  }

  /** What `import(…)` inside a task does. */
  async importFromTask(specifier: string, hint: string): Promise<unknown> {
    if (isBuiltinSpecifier(specifier) || /^(?:data:|file:.*[?#])/.test(specifier)) return import(specifier);
    const place = isAbsolute(specifier) ? importedFile(specifier, hint) : specifier;
    const file = this.#fileOf(place);
    if (file !== undefined) return this.#loadFile(file, 'esm');
    return this.#loadFile(this.#findBare(specifier, hint, 'esm'), 'esm');
  }

  /** A `require` for code that comes from a file which need not be here. */
  requireFrom(hint: string): (specifier: string) => unknown {
    const resolve = (specifier: string): string => {
      if (isBuiltinSpecifier(specifier)) return specifier;
      return this.#fileOf(specifier) ?? this.#findBare(specifier, hint, 'cjs');
    };
    const load = (specifier: string): unknown => this.#require(resolve(specifier));
    return Object.assign(load, { resolve });
  }

  #loadBuiltin({ specifier }: Reference): unknown {
    if (!isBuiltinSpecifier(specifier)) throw badValue(`'${specifier}' is no module of Node`);
    return this.#require(specifier);
  }

  /** The file behind a specifier that names one, here or in an upload; `undefined` for names of packages. */
  #fileOf(specifier: string): string | undefined {
    if (specifier.startsWith(UPLOAD_SCHEME)) return this.#fileOfUpload(specifier);
    if (!isAbsolute(specifier) && !specifier.startsWith('file:')) return undefined;
    const file = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
    if (existsSync(file)) return file;
    throw loadError(
      'NOPKG',
      `there is no file '${file}'${this.#here}; put it there on every worker, or upload it with client.uploadFile(…)`,
      { specifier },
    );
  }

  #fileOfUpload(specifier: string): string {
    const text = specifier.slice(UPLOAD_SCHEME.length);
    if (this.#uploads.hasPackage(text)) return this.#findBare(text, '', 'esm');
    const found = this.#uploads.findModule(text);
    if (found.file !== undefined) return found.file;
    throw loadError('NOUPLOAD', `cannot import '${specifier}'${this.#here}: ${found.problem}`, { specifier });
  }

  #findBare(specifier: string, hint: string, kind: LoadKind): string {
    if (!isBareSpecifier(specifier)) {
      throw loadError(
        'NOPKG',
        `cannot import '${specifier}' inside a task: a relative path means nothing on a worker`,
        { specifier },
      );
    }
    for (const folder of this.#folders(hint, packageNameOf(specifier))) {
      const file = resolveEither(specifier, folder, kind);
      if (file !== undefined) return file;
    }
    throw this.#missing(specifier, '');
  }

  #find(reference: Reference): string {
    const kind = reference.kind === 'cjs' ? 'cjs' : 'esm';
    const { specifier, pkg, version } = reference;
    for (const folder of this.#folders(reference.hint, pkg)) {
      const file = specifier === '' ? findInPackage(reference, folder) : resolveEither(specifier, folder, kind);
      if (file === undefined) continue;
      this.#checkVersion(reference, file);
      return file;
    }
    throw this.#missing(specifier === '' ? pkg : specifier, version);
  }

  *#folders(hint: string, pkg: string): Generator<string> {
    if (this.#uploads.hasPackage(pkg)) yield this.#uploads.packagesFolder;
    // The place of the importing file knows best, where that is the same machine.
    if (hint !== '' && existsSync(hint)) yield dirname(hint);
    yield this.#places.root;
    yield* this.#places.fallbacks;
  }

  /** A module that is loaded on a worker must not start a cluster there, or connect to one. */
  #loadFile(file: string, kind: Reference['kind']): Promise<unknown> {
    const load = (): Promise<unknown> => loadFile(file, kind);
    return this.#places.worker === undefined ? load() : whileLoadingModule(file, load);
  }

  #checkVersion({ pkg, version }: Reference, file: string): void {
    const found = kindOfFile(file);
    const here: PackageInfo | undefined = found.type === 'package' ? found.info : undefined;
    // Who names a package without a version takes what is there.
    if (here === undefined || here.name !== pkg || version === '' || majorOf(here.version) === majorOf(version)) return;
    throw loadError(
      'PKGVER',
      `package '${pkg}' is ${here.version} here under ${here.root}${this.#here} and ${version} where the function comes from; install the same version`,
      { pkg, wanted: version, found: here.version },
    );
  }

  #missing(what: string, version: string): Error {
    const wanted = version === '' ? '' : ` (${version} where the function comes from)`;
    return loadError(
      'NOPKG',
      `package '${what}'${wanted} is not installed here under ${this.#places.root}${this.#here}; ` +
        'install it on every worker, or send it along with client.uploadDirectory(…)',
      { pkg: what, version, root: this.#places.root },
    );
  }

  /** ` on worker tcp://…`, where this is one. */
  get #here(): string {
    const { worker } = this.#places;
    return worker === undefined ? '' : ` on ${worker}`;
  }

  #follow(reference: Reference, module: unknown): unknown {
    let at = module;
    for (const key of reference.path) {
      if (key === INTEROP) {
        at = withDefault(at);
        continue;
      }
      const holder = isContainer(at) && key in at ? at : defaultWith(at, key);
      if (holder === undefined) {
        throw loadError(
          'NOEXPORT',
          `'${referenceText(reference)}' has no export '${key}' here${this.#here}${listOfNames(at)}`,
          { reference: referenceText(reference) },
        );
      }
      at = (holder as Readonly<Record<string, unknown>>)[key];
    }
    return at;
  }
}

/** A package may offer itself one way only. */
function resolveEither(specifier: string, folder: string, kind: LoadKind): string | undefined {
  return resolvePackage(specifier, folder, kind) ?? resolvePackage(specifier, folder, kind === 'cjs' ? 'esm' : 'cjs');
}

async function loadFile(file: string, kind: Reference['kind']): Promise<unknown> {
  if (kind !== 'cjs' && !/\.(?:json|cjs|node)$/.test(file)) return import(pathToFileURL(file).href);
  const exported: unknown = createRequire(file)(file);
  if (kind === 'cjs') return exported;
  // Imported by `import`, a CommonJS module is its own default export; the others it takes with a flag or not at all.
  return file.endsWith('.cjs') ? import(pathToFileURL(file).href) : { default: exported };
}

function findInPackage(reference: Reference, folder: string): string | undefined {
  if (reference.file.split('/').includes('..')) throw badValue('a file lies outside of its package');
  for (const root of candidateRoots(reference.pkg, folder)) {
    const file = join(root, ...reference.file.split('/'));
    if (existsSync(file)) return file;
  }
  return undefined;
}

/** The same that transpilers do when a module imports one that has no default export. */
function withDefault(module: unknown): unknown {
  if (!isContainer(module)) return { default: module };
  if ((module as { __esModule?: unknown }).__esModule === true) return module;
  return Object.create(module, { default: { value: module, enumerable: true } }) as object;
}

/** What a CommonJS module exports, of which `import()` may not have found all names. */
function defaultWith(module: unknown, key: string): object | undefined {
  const exported: unknown = isContainer(module) ? (module as { default?: unknown }).default : undefined;
  return isContainer(exported) && Object.hasOwn(exported, key) ? exported : undefined;
}

function isContainer(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? '';
}
