import { networkInterfaces } from 'node:os';

/**
 * The host that `--host` means: a name or address as it is, or the address of a network interface of this machine, such as
 * `eth0`; its IPv4 address if it has one.
 */
export function hostOf(text: string): string {
  const entries = networkInterfaces()[text] ?? [];
  // Link-local IPv6 needs a zone that means nothing on another machine.
  const usable = entries.filter(({ address }) => !address.startsWith('fe80:'));
  return (usable.find(({ family }) => family === 'IPv4') ?? usable[0])?.address ?? text;
}
