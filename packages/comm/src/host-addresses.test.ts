import { isIPv4 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isWildcardHost } from './address.js';
import { contactHost } from './host-addresses.js';

describe('the host that peers should use', () => {
  it('is the host that is listened on', () => {
    expect(contactHost('10.1.2.3')).toBe('10.1.2.3');
    expect(contactHost('::1')).toBe('::1');
  });

  it('is one that can be reached where all interfaces are listened on', () => {
    expect(isIPv4(contactHost('0.0.0.0'))).toBe(true);
    expect(isWildcardHost(contactHost('0.0.0.0'))).toBe(false);
    expect(isWildcardHost(contactHost('::'))).toBe(false);
  });
});
