import type { Logger } from '@grid/common';

import type { CreateBuiltIn } from '../built-in.js';
import { installOnce } from './install-once.js';
import { OptionReader } from './read-options.js';

/**
 * Has npm install packages: `packages`, what npm is to install; `npmOptions`, flags for npm; `directory`, or none for
 * `root`; `timeoutMs`. Processes that share a directory do it once, and one after the other.
 */
export function npmInstall(root: string, logger: Logger): CreateBuiltIn {
  return (options, { id }) => {
    const reader = new OptionReader('NpmInstall', options);
    const packages = reader.texts('packages');
    const npmOptions = reader.texts('npmOptions');
    const directory = reader.text('directory');
    const timeoutMs = reader.positive('timeoutMs');
    // What looks like a flag is one to npm.
    if (packages.length === 0 || packages.some((name) => name === '' || name.startsWith('-')))
      throw reader.bad('packages', 'a list of packages');
    if (npmOptions.some((flag) => !flag.startsWith('-'))) throw reader.bad('npmOptions', 'a list of flags');
    return {
      setup: () =>
        installOnce({ id, directory: directory === '' ? root : directory, packages, npmOptions, timeoutMs }, logger),
    };
  };
}
