import type { AddressInfo, Server } from 'node:net';
import type { Address } from '@grid/common';
import { printHostAddress } from '../address.js';
import { contactHost } from '../host-addresses.js';
import type { Listener } from '../transport.js';

/** A bound server socket. */
export class TcpListener implements Listener {
  readonly listenAddress: Address;
  readonly contactAddress: Address;
  readonly #server: Server;

  /** @param server - Already listening on a host and a port. */
  constructor(server: Server) {
    this.#server = server;
    // An accept that fails, say for want of a file descriptor, is the caller's to try again; it must not end the process.
    server.on('error', () => {});
    // A server on a host and port has such an address; strings are for pipes.
    const { address: host, port } = server.address() as AddressInfo;
    this.listenAddress = printHostAddress({ scheme: 'tcp', host, port });
    this.contactAddress = printHostAddress({ scheme: 'tcp', host: contactHost(host), port });
  }

  async close(): Promise<void> {
    // Its callback waits for all comms to end, which stay open here. The port is free when this returns.
    this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
