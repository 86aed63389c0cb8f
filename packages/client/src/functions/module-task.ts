import { hash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { BUNDLE_PARAMETERS, type CallableValue, type ModuleBundle } from '@grid/protocol';

import { ClientError } from '../errors.js';
import { bundleFile } from './bundle-file.js';
import { onlyOnWorkers, type ModuleTaskOptions } from './import-task.js';
import { nameOfExport, type FunctionName, type FunctionOf, type UntypedFunction } from './module-functions.js';
import { nameTask } from './task.js';

/**
 * A function of a module that is sent as a whole: bundled here with all that it imports of your own files, and evaluated
 * once in each thread of a worker. What the module holds at its top level (tables, pools, caches) is made there, once.
 *
 * The module is bundled when this is called, and again when one of its files has changed since. Packages are not part of
 * it: the worker imports its own. Needs `esbuild`, which is not installed along.
 *
 * With the module's type, its function's type is known:
 * `moduleTask<typeof import('./jobs.js'), 'train'>(import.meta.url, './jobs.ts', 'train')`.
 *
 * @param parent - `import.meta.url` or `__filename`: what `path` is relative to.
 * @param exportName - `default` for the default export.
 * @returns A function for `submit`, `map`, `run` and graphs. A module without such an export, or one that connects a client
 * while it is loaded, fails the task.
 * @throws {@link ClientError} `GRID_CLIENT_NO_ESBUILD`, `GRID_CLIENT_BUNDLE_FAILED`, `GRID_CLIENT_BAD_OPTION`.
 */
export function moduleTask<Module, Name extends FunctionName<Module>>(
  parent: string | URL,
  path: string,
  exportName: Name,
  options?: ModuleTaskOptions,
): FunctionOf<Module, Name>;
/** The same where nothing is said of the module's type. */
export function moduleTask(
  parent: string | URL,
  path: string,
  exportName: string,
  options?: ModuleTaskOptions,
): UntypedFunction;
export function moduleTask(
  parent: string | URL,
  path: string,
  exportName: string,
  options: ModuleTaskOptions = {},
): CallableValue {
  const file = findModule(parent, path);
  const { name = nameOfExport(exportName, file), pure } = options;
  return nameTask(onlyOnWorkers(file), name, { kind: 'module', bundle: bundleOf(file), exportName, name, pure });
}

function findModule(parent: string | URL, path: string): string {
  const from = String(parent).startsWith('file:') ? fileURLToPath(parent) : String(parent);
  const wanted = path.startsWith('file:') ? fileURLToPath(path) : resolve(dirname(from), path);
  const file = [wanted, ...otherNames(wanted)].find((candidate) => existsSync(candidate));
  // The module is the same by whichever link it was reached.
  if (file !== undefined) return realpathSync(file);
  throw new ClientError('GRID_CLIENT_BAD_OPTION', `moduleTask('${path}'): there is no file '${wanted}'`, {
    details: { option: 'path', file: wanted },
  });
}

/** TypeScript names files as they will be called once they are compiled; compiled programs still name the sources. */
function otherNames(file: string): string[] {
  const match = /^(.*\.)([cm]?)([jt])(sx?)$/.exec(file);
  if (match === null) return [];
  const [, stem = '', kind = '', language = '', rest = ''] = match;
  const other = language === 'j' ? 't' : 'j';
  return kind === '' && rest === 's' ? [`${stem}${other}s`, `${stem}${other}sx`] : [`${stem}${kind}${other}${rest}`];
}

function bundleOf(file: string): ModuleBundle {
  const { code, map, isStrict } = bundleFile(file, MODULE_OPTIONS, 'moduleTask(…)');
  // The first line is the head's alone, so that lines of the code are one further down.
  const head = `(function(${BUNDLE_PARAMETERS.join()}){${isStrict ? '"use strict";' : ''}`;
  const text = `${head}\n${code}\n})`;
  return { text, hash: hash('sha256', text, 'hex'), file, map };
}

/** As a worker's `ModuleRunner` evaluates it: it gives `require` and the names of the module's file. */
const MODULE_OPTIONS = {
  format: 'cjs',
  sourcemap: 'external',
  // What is evaluated as a script has no `import()`; a `require` takes ES modules as well.
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.url': '__gridModuleUrl',
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
} as const;
