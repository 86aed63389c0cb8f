import { spawn } from 'node:child_process';

import { PluginsError } from '../errors.js';
import type { Installation } from './installation.js';

/** Characters of npm's output that an error has: the last ones, which say what is wrong. */
const OUTPUT_MAX = 4000;

/** What npm is called; on Windows it is a script, which only a shell runs. */
const NPM = process.platform === 'win32' ? { file: 'npm.cmd', shell: true } : { file: 'npm', shell: false };

/**
 * Runs `npm install` in a directory, whatever folders are above it.
 *
 * @throws {@link PluginsError} `GRID_PLUGINS_INSTALL_FAILED`, with the last output
 */
export async function runNpm({ directory, packages, npmOptions, timeoutMs }: Installation): Promise<void> {
  const flags = ['--prefix', directory, '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const args = ['install', ...flags, ...npmOptions, '--', ...packages];
  const what = `npm install ${packages.join(' ')} in ${directory}`;
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, output: string, cause?: unknown): void => {
      const text = `${what} ${why}${output === '' ? '' : `:\n${output.trim()}`}`;
      reject(
        new PluginsError('GRID_PLUGINS_INSTALL_FAILED', text, {
          details: { directory, packages },
          ...(cause !== undefined && { cause }),
        }),
      );
    };
    const child = spawn(NPM.file, args, {
      cwd: directory,
      shell: NPM.shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-OUTPUT_MAX);
      });
    }
    child.once('error', (error) => fail('could not be started; is npm installed there?', '', error));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else if (signal === 'SIGKILL') fail(`was ended after ${String(timeoutMs)} ms`, output);
      else fail(`failed with ${signal ?? `code ${String(code)}`}`, output);
    });
  });
}
