import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { RecordedLogger } from '../test/support/recorded-logger.js';
import { createToken, readToken } from './token.js';

describe('createToken', () => {
  it('makes 32 random bytes that are safe everywhere', () => {
    expect(createToken()).toMatch(/^[\w-]{43}$/);
    expect(createToken()).not.toBe(createToken());
  });
});

describe('readToken', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'token-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string, mode = 0o600): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  it('finds none where none was given', () => {
    expect(readToken({})).toBeNull();
    expect(readToken({ GRID_TOKEN: '  ', GRID_TOKEN_FILE: '' })).toBeNull();
  });

  it('prefers the given file to GRID_TOKEN, and GRID_TOKEN to GRID_TOKEN_FILE', () => {
    const env = { GRID_TOKEN: ' of-the-environment\n', GRID_TOKEN_FILE: file('a', 'of-the-named-file\n') };
    expect(readToken(env, { tokenFile: file('b', '\tof-the-given-file \r\n') })).toBe('of-the-given-file');
    expect(readToken(env)).toBe('of-the-environment');
    expect(readToken({ GRID_TOKEN_FILE: env.GRID_TOKEN_FILE })).toBe('of-the-named-file');
  });

  it.each([
    ['is missing', () => join(folder, 'nothing')],
    ['is a folder', () => folder],
    ['is empty', () => file('empty', ' \n')],
    ['holds two lines', () => file('two', 'a\nb\n')],
    ['is large', () => file('large', 'x'.repeat(5000))],
  ])('refuses a file that %s, and does not go on to another source', (_, path) => {
    const tokenFile = path();
    expect(() => readToken({ GRID_TOKEN: 'other' }, { tokenFile })).toThrow(
      expect.objectContaining({ code: 'GRID_RPC_BAD_TOKEN', details: { file: tokenFile } }),
    );
  });

  it('warns about a file that others can read, without its content', () => {
    const logger = new RecordedLogger();
    expect(readToken({}, { tokenFile: file('open', 'not-so-secret', 0o644), logger })).toBe('not-so-secret');
    expect(logger.at('warn')).toHaveLength(1);
    expect(JSON.stringify(logger.lines)).not.toContain('not-so-secret');
    readToken({}, { tokenFile: file('closed', 'secret', 0o600), logger });
    expect(logger.lines).toHaveLength(1);
  });
});
