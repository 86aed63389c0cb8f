import { networkInterfaces } from 'node:os';

import { describe, expect, it } from '@jest/globals';

import { hostOf } from './host-of.js';

describe('--host', () => {
  it('may be the name of an interface, and stands for its address', () => {
    const named = Object.entries(networkInterfaces()).find(([, entries]) =>
      entries?.some(({ internal, family }) => internal && family === 'IPv4'),
    );
    expect(hostOf(named?.[0] ?? '')).toBe('127.0.0.1');
  });

  it.each(['127.0.0.1', '0.0.0.0', '::1', 'localhost', 'eth0.example.org'])('is %s as it is', (host) => {
    expect(hostOf(host)).toBe(host);
  });
});
