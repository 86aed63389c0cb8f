/** Something else than this package that may have called, or answered, on our port. */
export type ForeignProtocol = 'http-request' | 'http-response' | 'tls' | 'ssh' | 'redis' | 'unknown';

const HTTP_METHODS = ['GET ', 'POST', 'PUT ', 'HEAD', 'DELE', 'OPTI', 'PATC', 'CONN', 'TRAC', 'PRI '];

/** Guesses from the first bytes of a connection (four are enough) what speaks there. */
export function guessProtocol(bytes: Uint8Array): ForeignProtocol {
  // A TLS record: handshake or alert, then a version that has begun with 3 ever since SSL 3.
  if ((bytes[0] === 0x16 || bytes[0] === 0x15) && bytes[1] === 3) return 'tls';
  const text = String.fromCharCode(...bytes.subarray(0, 4));
  if (HTTP_METHODS.includes(text)) return 'http-request';
  if (text === 'HTTP') return 'http-response';
  if (text === 'SSH-') return 'ssh';
  if (text === 'PING' || /^\*\d+\r/.test(text) || text === 'INFO') return 'redis';
  return 'unknown';
}

/** What the guess means, for the log of whoever was called. */
export function describeProtocol(protocol: ForeignProtocol): string {
  switch (protocol) {
    case 'http-request':
      return 'an HTTP request; this is a grid comm port, the HTTP port is another one';
    case 'http-response':
      return 'an HTTP response; that address belongs to an HTTP server, not to a grid comm port';
    case 'tls':
      return 'TLS; one end uses tls:// and the other tcp://';
    case 'ssh':
      return 'SSH; that is not a grid comm port';
    case 'redis':
      return 'the Redis protocol; that is not a grid comm port';
    case 'unknown':
      return 'bytes that are no grid message';
  }
}
