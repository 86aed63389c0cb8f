import type { Options } from 'yargs';

import { hostOf } from './host-of.js';
import { LOG_LEVELS } from './create-logger.js';

/** Flags that every server has. */
export const sharedOptions = {
  host: {
    type: 'string',
    default: '127.0.0.1',
    alias: 'interface',
    coerce: hostOf,
    describe: 'Address or name of the interface to listen on; 0.0.0.0 for all. Anything but loopback needs a token.',
  },
  'dashboard-address': {
    type: 'string',
    describe: 'host:port for health and metrics over HTTP.',
  },
  dashboard: {
    type: 'boolean',
    default: true,
    describe: 'Whether to answer over HTTP at all; --no-dashboard for not.',
  },
  'token-file': {
    type: 'string',
    describe: 'File that holds the cluster token. Default: GRID_TOKEN_FILE, or the token itself in GRID_TOKEN.',
  },
  auth: {
    type: 'boolean',
    default: true,
    describe: 'Whether peers must have the token; --no-auth lets anybody on this machine run code.',
  },
  preload: {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'Modules to load first, paths or packages, which export setup and teardown. They run in this process.',
  },
  'preload-argv': {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'What the setup of each preload is given as its second argument.',
  },
  'print-address-json': {
    type: 'boolean',
    default: false,
    describe: 'Print one line of JSON with the addresses to standard output once ready.',
  },
  'pid-file': { type: 'string', describe: 'File to write the process number to; removed at the end.' },
  'log-level': { choices: LOG_LEVELS, default: 'info' as const, describe: 'How much to log.' },
  'log-format': {
    choices: ['text', 'json'] as const,
    default: 'text' as const,
    describe: 'Lines for people or for machines.',
  },
} as const satisfies Readonly<Record<string, Options>>;
