import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { messageOf, nullLogger, type Logger } from '@grid/common';
import { RpcError } from './errors.js';

export interface ReadTokenOptions {
  /** Goes before the environment. */
  readonly tokenFile?: string | undefined;
  /** Is told of a token file that others can read. */
  readonly logger?: Logger;
}

const TOKEN_BYTES = 32;
const FILE_BYTES_MAX = 4096;
const READABLE_BY_OTHERS = 0o044;

/** A new token: 32 random bytes as 43 characters that are safe in files, environments and URLs. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/**
 * The token that this process was given: in the file `tokenFile`, else in `GRID_TOKEN`, else in the file `GRID_TOKEN_FILE`
 * names; `null` if none of them is there. White space around it is dropped.
 *
 * @throws {@link RpcError} `GRID_RPC_BAD_TOKEN` if a file cannot be read, is empty, or holds more than one line.
 */
export function readToken(
  env: Readonly<Record<string, string | undefined>>,
  { tokenFile, logger = nullLogger }: ReadTokenOptions = {},
): string | null {
  if (tokenFile !== undefined) return readTokenFile(tokenFile, logger);
  const token = env['GRID_TOKEN']?.trim() ?? '';
  if (token !== '') return token;
  const file = env['GRID_TOKEN_FILE'] ?? '';
  return file === '' ? null : readTokenFile(file, logger);
}

function readTokenFile(file: string, logger: Logger): string {
  let text: string;
  try {
    const { mode, size } = statSync(file);
    if (size > FILE_BYTES_MAX) throw badToken(file, `holds ${String(size)} bytes, which is no token`);
    if ((mode & READABLE_BY_OTHERS) !== 0 && process.platform !== 'win32') {
      logger.warn({ file, mode: (mode & 0o777).toString(8) }, 'others can read the token file; chmod 600 it');
    }
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof RpcError) throw error;
    throw badToken(file, `cannot be read: ${messageOf(error)}`, error);
  }
  if (text === '') throw badToken(file, 'is empty');
  if (/\s/.test(text)) throw badToken(file, 'holds more than a token');
  return text;
}

function badToken(file: string, problem: string, cause?: unknown): RpcError {
  const options = { details: { file }, ...(cause === undefined ? {} : { cause }) };
  return new RpcError('GRID_RPC_BAD_TOKEN', `the token file ${file} ${problem}`, options);
}
