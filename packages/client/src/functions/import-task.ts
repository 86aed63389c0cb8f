import { isBareSpecifier, isBuiltinSpecifier, type CallableValue } from '@grid/protocol';
import { isAbsolute } from 'node:path';

import { ClientError } from '../errors.js';
import { nameOfExport, type FunctionName, type FunctionOf, type UntypedFunction } from './module-functions.js';
import { nameTask, type TaskOptions } from './task.js';

/** What can be said of a function that a module exports. */
export type ModuleTaskOptions = Pick<TaskOptions, 'name' | 'pure'>;

/**
 * A function that the workers have: an export of a package that is installed there, of something that was uploaded, or of
 * a file that lies at the same place on each of them. Nothing of it is sent, and it need not exist here.
 *
 * With the module's type, its function's type is known: `importTask<typeof import('my-pkg/jobs'), 'train'>(…)`.
 *
 * @param module - `my-pkg/jobs`, `node:os`, `upload:jobs.mjs`, `/opt/jobs.mjs`.
 * @param exportName - `default` for the default export.
 * @returns A function for `submit`, `map`, `run` and graphs. A worker that does not have it fails the task with
 * `GRID_PROTOCOL_FUNCTION_LOAD`.
 * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for a relative path.
 */
export function importTask<Module, Name extends FunctionName<Module>>(
  module: string,
  exportName: Name,
  options?: ModuleTaskOptions,
): FunctionOf<Module, Name>;
/** The same where nothing is said of the module's type. */
export function importTask(module: string, exportName: string, options?: ModuleTaskOptions): UntypedFunction;
export function importTask(specifier: string, exportName: string, options: ModuleTaskOptions = {}): CallableValue {
  if (!isLoadable(specifier)) {
    throw new ClientError(
      'GRID_CLIENT_BAD_OPTION',
      `importTask('${specifier}', …): a relative path means nothing on a worker; name a package, upload the file with ` +
        'client.uploadFile(…), or send it with moduleTask(import.meta.url, …)',
      { details: { option: 'module', specifier } },
    );
  }
  const { name = nameOfExport(exportName, specifier), pure } = options;
  return nameTask(onlyOnWorkers(specifier), name, { kind: 'import', specifier, exportName, name, pure });
}

function isLoadable(specifier: string): boolean {
  if (isBuiltinSpecifier(specifier) || specifier.startsWith('file:') || specifier.startsWith('upload:')) return true;
  return specifier !== '' && (isAbsolute(specifier) || isBareSpecifier(specifier));
}

/** What stands here for a function that is elsewhere. */
export function onlyOnWorkers(module: string): CallableValue {
  return () => {
    throw new ClientError(
      'GRID_CLIENT_BAD_OPTION',
      `this function of '${module}' runs on workers only; import the module to call it here`,
      { details: { module } },
    );
  };
}
