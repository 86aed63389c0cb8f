import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Address } from '@grid/common';
import {
  CommError,
  createStreamComm,
  splitAddress,
  type Comm,
  type ConnectOptions,
  type Listener,
  type Transport,
} from '../src/index.js';

/** The README's example of a transport of one's own: lines over Unix sockets, `unix:///tmp/grid.sock`. */
export class UnixTransport implements Transport {
  readonly scheme = 'unix';

  async connect(address: Address, { signal }: ConnectOptions): Promise<Comm> {
    signal.throwIfAborted();
    const socket = connect(splitAddress(address).location);
    try {
      await once(socket, 'connect', { signal });
    } catch (cause) {
      socket.destroy();
      signal.throwIfAborted();
      throw new CommError('GRID_COMM_CONNECT_FAILED', `nobody listens on ${address}`, { cause });
    }
    return createStreamComm(socket, { localAddress: address, peerAddress: address });
  }

  async listen(address: Address, onComm: (comm: Comm) => void): Promise<Listener> {
    const server = createServer((socket) => {
      onComm(createStreamComm(socket, { localAddress: address, peerAddress: address }));
    }).listen(splitAddress(address).location);
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new CommError('GRID_COMM_ADDRESS_IN_USE', `${address} is taken`, { cause });
    }
    const close = async (): Promise<void> => void server.close();
    return { listenAddress: address, contactAddress: address, close, [Symbol.asyncDispose]: close };
  }
}
