import { describe, expect, it } from '@jest/globals';
import { asAddress } from '@grid/common';
import { InprocTransport } from './inproc/inproc-transport.js';
import { TcpTransport } from './tcp/tcp-transport.js';
import { Transports } from './transports.js';

describe('a set of transports', () => {
  it('chooses by the scheme of the address', () => {
    const tcp = new TcpTransport();
    const inproc = new InprocTransport();
    const transports = new Transports([tcp, inproc]);
    expect(transports.for(asAddress('tcp://a:1'))).toBe(tcp);
    expect(transports.for(asAddress('INPROC://a'))).toBe(inproc);
    expect(transports.schemes).toEqual(['tcp', 'inproc']);
  });

  it('lets a later transport replace an earlier one of the same scheme', () => {
    const [first, second] = [new InprocTransport(), new InprocTransport()];
    expect(new Transports([first, second]).for(asAddress('inproc://a'))).toBe(second);
  });

  it('names the schemes it knows when it is asked for another', () => {
    const transports = new Transports([new InprocTransport()]);
    expect(() => transports.for(asAddress('http://host:1'))).toThrow(
      expect.objectContaining({
        code: 'GRID_COMM_UNKNOWN_SCHEME',
        message: expect.stringContaining('known are: inproc'),
      }),
    );
    expect(() => new Transports([]).for(asAddress('tcp://host:1'))).toThrow('known are: none');
  });
});
