import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Address } from '@grid/common';
import { parseHostAddress, printHostAddress, type HostAddress } from '../address.js';
import { CommError } from '../errors.js';
import type { Comm, ConnectOptions, Listener, Transport } from '../transport.js';
import { adoptSocket, openSocket } from './open-socket.js';
import { RECEIVE_BUFFER_BYTES, SocketIntake } from './socket-intake.js';
import { SocketComm, type SocketCommOptions } from './socket-comm.js';
import { toCommError } from './socket-errors.js';
import { completeTcpOptions, type CompleteTcpOptions, type TcpOptions } from './tcp-options.js';
import { TcpListener } from './tcp-listener.js';

/** Lines over TCP: `tcp://host:port`. */
export class TcpTransport implements Transport {
  readonly scheme = 'tcp';
  readonly #options: CompleteTcpOptions;
  /** One for all comms: what a read brings is taken out before the next read begins. */
  readonly #receiveBuffer = new Uint8Array(RECEIVE_BUFFER_BYTES);

  constructor(options: TcpOptions = {}) {
    this.#options = completeTcpOptions(options);
  }

  async connect(address: Address, { signal }: ConnectOptions): Promise<Comm> {
    signal.throwIfAborted();
    const { host, port } = this.#parse(address);
    if (port === 0) throw new CommError('GRID_COMM_BAD_ADDRESS', `nobody can connect to port 0 of ${address}`);
    const intake = this.#createIntake();
    const socket = openSocket(host, port, intake);
    await connected(socket, address, signal);
    return this.#createComm(socket, intake, { peerAddress: address });
  }

  async listen(address: Address, onComm: (comm: Comm) => void): Promise<Listener> {
    const { host, port } = this.#parse(address);
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (accepted) => {
      const intake = this.#createIntake();
      const socket = adoptSocket(accepted, intake);
      const peer = endOf(socket.remoteAddress, socket.remotePort);
      if (peer === undefined) {
        // The caller has gone already.
        socket.destroy();
        return;
      }
      onComm(this.#createComm(socket, intake, { peerAddress: printHostAddress(peer), answerForeign }));
    });
    server.listen({ host, port });
    try {
      await once(server, 'listening');
    } catch (error) {
      throw toCommError(error, 'listen', address);
    }
    return new TcpListener(server);
  }

  #parse(address: Address): HostAddress {
    const parts = parseHostAddress(address);
    if (parts.scheme === this.scheme) return parts;
    throw new CommError('GRID_COMM_UNKNOWN_SCHEME', `the tcp transport was given ${address}`, { details: { address } });
  }

  #createIntake(): SocketIntake {
    const { limits, allocate } = this.#options;
    // Where reads are posted ahead of their data, as Windows does, comms cannot share the memory they read into.
    const receiveBuffer = process.platform === 'win32' ? new Uint8Array(RECEIVE_BUFFER_BYTES) : this.#receiveBuffer;
    return new SocketIntake({ limits, allocate, receiveBuffer });
  }

  #createComm(
    socket: Socket,
    intake: SocketIntake,
    side: Pick<SocketCommOptions, 'peerAddress' | 'answerForeign'>,
  ): SocketComm {
    const { keepAliveMs, stallTimeoutMs, closeTimeoutMs, holdsProcess } = this.#options;
    if (!holdsProcess) socket.unref();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    const local = endOf(socket.localAddress, socket.localPort);
    return new SocketComm(socket, intake, {
      localAddress: printHostAddress(local ?? { scheme: this.scheme, host: '0.0.0.0', port: 0 }),
      ...side,
      reset: () => socket.resetAndDestroy(),
      copiesWrites: true,
      stallTimeoutMs,
      closeTimeoutMs,
    });
  }
}

/** Waits until `socket` is connected; destroys it otherwise. */
async function connected(socket: Socket, address: Address, signal: AbortSignal): Promise<void> {
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    // Destroying a socket that has failed may bring another error, which says nothing new.
    socket.on('error', () => socket.destroy()).destroy();
    signal.throwIfAborted();
    throw toCommError(error, 'connect', address);
  }
}

/** One end of a socket; IPv4 that arrived on an IPv6 socket is IPv4 again. Undefined when the socket has no such end. */
function endOf(host: string | undefined, port: number | undefined): HostAddress | undefined {
  if (host === undefined || port === undefined) return undefined;
  return { scheme: 'tcp', host: host.replace(/^::ffff:(?=\d+\.)/, ''), port };
}

function answerForeign(protocol: unknown): string | undefined {
  if (protocol !== 'http-request') return undefined;
  const text = 'this is a grid comm port, it does not speak HTTP; the HTTP port is another one (8787 by default)\n';
  return `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
}
