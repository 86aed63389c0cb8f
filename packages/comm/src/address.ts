import { isIP, isIPv6 } from 'node:net';
import { asAddress, type Address } from '@grid/common';
import { CommError } from './errors.js';

/** The parts of `scheme://location`. */
export interface AddressParts {
  /** Lower case, without `://`. */
  readonly scheme: string;
  /** What the scheme's transport makes of it: `host:port` for most, a name for `inproc`. */
  readonly location: string;
}

/** The parts of `scheme://host:port`. */
export interface HostAddress {
  /** Lower case, without `://`. */
  readonly scheme: string;
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  /** From 0 to 65535; 0 lets the system choose when listening. */
  readonly port: number;
}

export interface AddressOptions {
  /** Taken where the text names no scheme. @defaultValue `'tcp'` */
  readonly defaultScheme?: string;
  /** Taken where the text names no port. Without it, such a text is refused. */
  readonly defaultPort?: number;
}

// The longest host name has 253 characters; this leaves room for any scheme and for names of other transports.
const ADDRESS_LENGTH_MAX = 1024;

/**
 * Splits an address where its scheme ends, and says nothing about the rest.
 *
 * @throws {@link CommError} `GRID_COMM_BAD_ADDRESS`.
 */
export function splitAddress(text: string, options: Pick<AddressOptions, 'defaultScheme'> = {}): AddressParts {
  if (text.length > ADDRESS_LENGTH_MAX) {
    throw badAddress(
      `${text.slice(0, 40)}…`,
      `has ${text.length} characters, at most ${ADDRESS_LENGTH_MAX} are allowed`,
    );
  }
  const trimmed = text.trim();
  const colon = trimmed.indexOf('://');
  const scheme = colon === -1 ? (options.defaultScheme ?? 'tcp') : trimmed.slice(0, colon).toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) throw badAddress(text, 'has no scheme before ://, such as tcp://');
  return { scheme, location: colon === -1 ? trimmed : trimmed.slice(colon + 3) };
}

/**
 * Reads `scheme://host:port`; IPv6 hosts stand in brackets, `*` is every IPv4 interface.
 *
 * @throws {@link CommError} `GRID_COMM_BAD_ADDRESS`, whose message names the part that is wrong.
 */
export function parseHostAddress(text: string, options: AddressOptions = {}): HostAddress {
  const { scheme, location } = splitAddress(text, options);
  const { hostText, portText } = splitHostPort(text, location.endsWith('/') ? location.slice(0, -1) : location);
  return { scheme, host: checkHost(text, hostText), port: checkPort(text, portText, options.defaultPort) };
}

/** Prints the normal form, which {@link parseHostAddress} reads back to equal parts. */
export function printHostAddress({ scheme, host, port }: HostAddress): Address {
  return asAddress(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** Schemes whose addresses are a host and a port. */
const HOST_SCHEMES: ReadonlySet<string> = new Set(['tcp', 'tls', 'ws', 'wss']);

/**
 * Brings an address that a person wrote into its normal form: `10.0.0.1:8786` becomes `tcp://10.0.0.1:8786`.
 *
 * Addresses of other schemes than tcp, tls, ws and wss are taken as they are, with their scheme in lower case: what they
 * say is their transport's business.
 *
 * @throws {@link CommError} `GRID_COMM_BAD_ADDRESS`.
 */
export function toAddress(text: string, options: AddressOptions = {}): Address {
  const { scheme, location } = splitAddress(text, options);
  if (!HOST_SCHEMES.has(scheme)) return asAddress(`${scheme}://${location}`);
  return printHostAddress(parseHostAddress(text, options));
}

/** Whether a host stands for all interfaces, so that peers need another one to reach it. */
export function isWildcardHost(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function splitHostPort(text: string, location: string): { hostText: string; portText: string | undefined } {
  if (location.startsWith('[')) {
    const end = location.indexOf(']');
    if (end === -1) throw badAddress(text, "opens a bracket that it doesn't close; IPv6 is written tcp://[::1]:8786");
    const host = location.slice(1, end);
    const rest = location.slice(end + 1);
    if (!isIPv6(host)) throw badAddress(text, `has '${host}' in brackets, which is not an IPv6 address`);
    if (rest !== '' && !rest.startsWith(':')) throw badAddress(text, `has '${rest}' where :port was expected`);
    return { hostText: host, portText: rest === '' ? undefined : rest.slice(1) };
  }
  const colon = location.indexOf(':');
  if (colon === -1) return { hostText: location, portText: undefined };
  if (location.includes(':', colon + 1)) {
    throw badAddress(text, 'has several colons; put IPv6 hosts in brackets: tcp://[::1]:8786');
  }
  return { hostText: location.slice(0, colon), portText: location.slice(colon + 1) };
}

function checkHost(text: string, hostText: string): string {
  if (hostText === '*') return '0.0.0.0';
  if (hostText === '') {
    throw badAddress(
      text,
      'has no host; write for instance tcp://127.0.0.1:8786, or tcp://0.0.0.0:8786 to listen on all interfaces',
    );
  }
  const host = hostText.toLowerCase();
  if (isIP(host) !== 0) return host;
  if (/^[0-9.]+$/.test(host)) throw badAddress(text, `has the host '${hostText}', which is not an IPv4 address`);
  // Underscores are not host names by the book, but containers are given such names and resolve them.
  if (host.length > 253 || !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/.test(host)) {
    throw badAddress(text, `has the host '${hostText}', which is neither a host name nor an IP address`);
  }
  return host;
}

function checkPort(text: string, portText: string | undefined, defaultPort: number | undefined): number {
  if (portText === undefined || portText === '') {
    if (defaultPort !== undefined) return defaultPort;
    throw badAddress(text, 'has no port; write for instance tcp://host:8786');
  }
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  if (!(port <= 65_535)) throw badAddress(text, `has the port '${portText}'; ports are 0 to 65535`);
  return port;
}

function badAddress(text: string, why: string): CommError {
  return new CommError('GRID_COMM_BAD_ADDRESS', `the address '${text}' ${why}`, { details: { address: text } });
}
