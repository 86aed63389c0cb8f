import { asAddress } from '@grid/common';
import { describe, expect, it } from '@jest/globals';

import { isLocalOnly } from './loopback.js';

describe('isLocalOnly', () => {
  it.each(['tcp://127.0.0.1:0', 'tcp://127.9.9.9:1', 'tcp://[::1]:0', 'tcp://localhost:1', 'inproc://a'])(
    'holds for %s',
    (address) => {
      expect(isLocalOnly(asAddress(address))).toBe(true);
    },
  );

  it.each([
    'tcp://0.0.0.0:0',
    'tcp://[::]:0',
    'tcp://10.0.0.1:1',
    'tcp://127.example.org:1',
    'tcp://localhost.example.org:1',
  ])('does not hold for %s', (address) => {
    expect(isLocalOnly(asAddress(address))).toBe(false);
  });
});
