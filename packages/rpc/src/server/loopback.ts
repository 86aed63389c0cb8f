import { isIPv4 } from 'node:net';
import { parseHostAddress, splitAddress } from '@grid/comm';
import type { Address } from '@grid/common';

/** Whether only this machine, or this process, can reach an address. */
export function isLocalOnly(address: Address): boolean {
  if (splitAddress(address).scheme === 'inproc') return true;
  const { host } = parseHostAddress(address);
  if (host === 'localhost' || host === '::1') return true;
  return isIPv4(host) && host.startsWith('127.');
}

/** The host part of a peer's address, to count its comms by; the whole address where there is no host. */
export function hostOf(address: Address): string {
  return splitAddress(address).scheme === 'inproc' ? address : parseHostAddress(address).host;
}
