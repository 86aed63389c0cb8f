import { describe, expect, it } from '@jest/globals';

import { resolveToken } from './resolve-token.js';

describe('resolveToken', () => {
  it('takes the token from the environment', () => {
    expect(resolveToken({ auth: true, host: '0.0.0.0' }, { GRID_TOKEN: 'secret' })).toBe('secret');
  });

  it('says how to give a token when there is none', () => {
    expect(() => resolveToken({ auth: true, host: '127.0.0.1' }, {})).toThrow(
      expect.objectContaining({ code: 'GRID_APP_BAD_OPTION', message: expect.stringContaining('GRID_TOKEN') }),
    );
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('does without a token on %s if told so', (host) => {
    expect(resolveToken({ auth: false, host }, { GRID_TOKEN: 'secret' })).toBeNull();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.test', '127.evil.test'])(
    'never does without a token on %s',
    (host) => {
      expect(() => resolveToken({ auth: false, host }, {})).toThrow(expect.objectContaining({ details: { host } }));
    },
  );
});
