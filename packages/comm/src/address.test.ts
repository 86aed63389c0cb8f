import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWildcardHost, parseHostAddress, printHostAddress, splitAddress, toAddress } from './address.js';

const BAD = expect.objectContaining({ code: 'GRID_COMM_BAD_ADDRESS' });

describe('an address', () => {
  it.each([
    ['tcp://127.0.0.1:8786', { scheme: 'tcp', host: '127.0.0.1', port: 8786 }],
    ['127.0.0.1:8786', { scheme: 'tcp', host: '127.0.0.1', port: 8786 }],
    ['  tls://Example.ORG:1  ', { scheme: 'tls', host: 'example.org', port: 1 }],
    ['TCP://node-1.cluster_a.local:0/', { scheme: 'tcp', host: 'node-1.cluster_a.local', port: 0 }],
    ['tcp://[::1]:65535', { scheme: 'tcp', host: '::1', port: 65535 }],
    ['[FE80::1%eth0]:1', { scheme: 'tcp', host: 'fe80::1%eth0', port: 1 }],
    ['tcp://*:8786', { scheme: 'tcp', host: '0.0.0.0', port: 8786 }],
    ['tcp://[::]:0', { scheme: 'tcp', host: '::', port: 0 }],
  ])('%s is read into its parts', (text, parts) => {
    expect(parseHostAddress(text)).toEqual(parts);
  });

  it('takes the port and the scheme that the caller offers where it names none', () => {
    expect(parseHostAddress('host', { defaultPort: 8786 })).toEqual({ scheme: 'tcp', host: 'host', port: 8786 });
    expect(parseHostAddress('[::1]', { defaultPort: 1, defaultScheme: 'tls' })).toEqual({
      scheme: 'tls',
      host: '::1',
      port: 1,
    });
    expect(parseHostAddress('tcp://host:2', { defaultPort: 1, defaultScheme: 'tls' }).port).toBe(2);
  });

  it.each([
    ['', 'has no host'],
    ['tcp://', 'has no host'],
    ['tcp://:8786', 'has no host'],
    ['tcp://host', 'has no port'],
    ['tcp://host:', 'has no port'],
    ['tcp://host:65536', "has the port '65536'"],
    ['tcp://host:-1', "has the port '-1'"],
    ['tcp://host:8786x', "has the port '8786x'"],
    ['tcp://host:1/path', "has the port '1/path'"],
    ['::1:8786', 'several colons; put IPv6 hosts in brackets'],
    ['tcp://[::1:8786', 'opens a bracket'],
    ['tcp://[host]:1', "'host' in brackets"],
    ['tcp://[::1]8786', "has '8786' where :port was expected"],
    ['tcp://ho st:1', "the host 'ho st'"],
    ['tcp://user@host:1', "the host 'user@host'"],
    ['tcp://256.1.1.1:1', 'is not an IPv4 address'],
    ['tcp://10.1:1', 'is not an IPv4 address'],
    ['://host:1', 'has no scheme'],
    [`tcp://${'h'.repeat(254)}:1`, 'neither a host name nor'],
    [`tcp://${'h'.repeat(2000)}:1`, 'has 2008 characters'],
  ])('%s is refused by an error that names the part', (text, why) => {
    expect(() => parseHostAddress(text)).toThrow(BAD);
    expect(() => parseHostAddress(text)).toThrow(why);
  });

  it('is the same after it was printed and read', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(
        host,
        fc.integer({ min: 0, max: 65535 }),
        fc.constantFrom('tcp', 'tls', 'ws'),
        (text, port, scheme) => {
          const parts = { scheme, host: text.toLowerCase(), port };
          const printed = printHostAddress(parts);
          expect(parseHostAddress(printed)).toEqual(parts);
          expect(toAddress(printed)).toBe(printed);
        },
      ),
    );
  });

  it('is either read or refused with its code, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'tcp:/[]1.:%-') })), (text) => {
        try {
          parseHostAddress(text);
        } catch (error) {
          expect(error).toEqual(BAD);
        }
      }),
    );
  });

  it('is refused in no time, however long the text that looks almost right', () => {
    for (const text of ['a.'.repeat(50_000), `${'1.'.repeat(50_000)}x:1`, `tcp://${'-'.repeat(100_000)}`]) {
      const begin = process.cpuUsage();
      expect(() => parseHostAddress(text)).toThrow(BAD);
      expect(process.cpuUsage(begin).user).toBeLessThan(100_000);
    }
  });

  it('of another kind is split where the scheme ends', () => {
    expect(splitAddress('inproc://any name: really')).toEqual({ scheme: 'inproc', location: 'any name: really' });
    expect(toAddress('INPROC://Name')).toBe('inproc://Name');
  });

  it('stands for all interfaces when its host is a wildcard', () => {
    expect(['0.0.0.0', '::', '127.0.0.1', '::1', 'host'].map(isWildcardHost)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('toAddress', () => {
  it('leaves addresses alone whose transport somebody else wrote', () => {
    expect(toAddress('UNIX:///run/grid.sock', { defaultPort: 8786 })).toBe('unix:///run/grid.sock');
  });
});
