import { networkInterfaces } from 'node:os';
import { isWildcardHost } from './address.js';

/**
 * The host that peers should use to reach something that listens on `host`: itself, unless it is a wildcard.
 *
 * For a wildcard it is this machine's first outside address, of the same family if there is one, else loopback.
 */
export function contactHost(host: string): string {
  if (!isWildcardHost(host)) return host;
  const outside = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    // Link-local IPv6 needs a zone that means nothing on another machine.
    .filter((entry) => !entry.internal && !entry.address.startsWith('fe80:'));
  const wanted = host === '::' ? 'IPv6' : 'IPv4';
  // A socket on `::` takes IPv4 as well, so its IPv4 address is a fair second choice; not so the other way round.
  const found =
    outside.find((entry) => entry.family === wanted) ??
    (wanted === 'IPv6' ? outside.find((entry) => entry.family === 'IPv4') : undefined);
  return found?.address ?? (wanted === 'IPv6' ? '::1' : '127.0.0.1');
}
