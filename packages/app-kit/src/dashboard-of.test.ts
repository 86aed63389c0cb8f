import { describe, expect, it } from '@jest/globals';

import { dashboardOf } from './dashboard-of.js';

describe('dashboardOf', () => {
  it.each([
    ['127.0.0.1:8787', '127.0.0.1', 8787],
    [':0', '127.0.0.1', 0],
    ['[::1]:80', '::1', 80],
    ['host.test:1', 'host.test', 1],
  ])('reads %s', (text, host, port) => {
    expect(dashboardOf(text)).toEqual({ host, port });
  });

  it.each(['8787', 'host', '::1:80', 'host:99999', 'host:port', ''])('refuses %p', (text) => {
    expect(() => dashboardOf(text)).toThrow(expect.objectContaining({ code: 'GRID_APP_BAD_OPTION' }));
  });
});
