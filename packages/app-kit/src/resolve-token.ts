import { isIP } from 'node:net';

import { readToken } from '@grid/rpc';

import { AppError } from './errors.js';

/** Flags that decide about the token. */
export interface TokenFlags {
  readonly auth: boolean;
  readonly tokenFile?: string | undefined;
  readonly host: string;
}

/**
 * The token to ask peers for; `null` for none, which only loopback interfaces are allowed to do without.
 *
 * @throws {@link AppError} `GRID_APP_BAD_OPTION`.
 */
export function resolveToken(flags: TokenFlags, env: NodeJS.ProcessEnv): string | null {
  if (!flags.auth) {
    if (isLoopback(flags.host)) return null;
    throw new AppError(
      'GRID_APP_BAD_OPTION',
      `--no-auth would let anybody who reaches ${flags.host} run code; give a token instead`,
      {
        details: { host: flags.host },
      },
    );
  }
  const token = readToken(env, flags.tokenFile === undefined ? {} : { tokenFile: flags.tokenFile });
  if (token !== null) return token;
  throw new AppError(
    'GRID_APP_BAD_OPTION',
    'no token: set GRID_TOKEN, or GRID_TOKEN_FILE, or --token-file (`grid token` makes one); or --no-auth on this machine alone',
  );
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
