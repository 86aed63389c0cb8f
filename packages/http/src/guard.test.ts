import { describe, expect, it } from '@jest/globals';

import { refuse } from './guard.js';

const local = { host: '127.0.0.1', token: 'secret' };
const open = { host: '0.0.0.0', token: 'secret' };
const get = (host: string | undefined, authorization?: string): Parameters<typeof refuse>[1] => ({
  method: 'GET',
  host,
  authorization,
});

describe('refuse', () => {
  it.each(['127.0.0.1:8787', 'localhost:8787', 'LOCALHOST', '[::1]:8787', '10.0.0.7'])(
    'lets %s in on loopback',
    (host) => {
      expect(refuse(local, get(host))).toBeUndefined();
    },
  );

  it.each(['evil.test', 'evil.test:8787', '127.0.0.1.evil.test', 'localhost.evil.test'])(
    'turns the host name %s away',
    (host) => {
      expect(refuse(local, get(host))?.status).toBe(403);
    },
  );

  it.each([undefined, '', 'a b:1:2', '[::1', 'x'.repeat(300)])('turns the malformed host %p away', (host) => {
    expect(refuse(local, get(host))?.status).toBe(400);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', undefined])('does not answer %s', (method) => {
    expect(refuse(local, { ...get('127.0.0.1'), method })?.status).toBe(405);
  });

  it('asks for the token once it listens beyond loopback', () => {
    expect(refuse(open, get('10.0.0.7'))?.status).toBe(401);
    expect(refuse(open, get('10.0.0.7', 'Bearer wrong!'))?.status).toBe(401);
    expect(refuse(open, get('10.0.0.7', 'Bearer secret'))).toBeUndefined();
  });
});
