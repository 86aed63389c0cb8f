import type { Duplex } from 'node:stream';
import type { Address } from '@grid/common';
import type { Comm } from '../transport.js';
import { feedFromData } from './open-socket.js';
import { SocketComm } from './socket-comm.js';
import { RECEIVE_BUFFER_BYTES, SocketIntake } from './socket-intake.js';
import { completeTcpOptions, type TcpOptions } from './tcp-options.js';

export interface StreamCommOptions extends Omit<TcpOptions, 'keepAliveMs'> {
  readonly localAddress: Address;
  readonly peerAddress: Address;
}

/**
 * Makes a comm of any pair of byte streams, such as a Unix socket or the pipes of a process: what a transport of one's
 * own needs once it has a connection.
 *
 * @param stream - Connected, and not read from so far. The comm owns it.
 */
export function createStreamComm(stream: Duplex, options: StreamCommOptions): Comm {
  const { limits, allocate, stallTimeoutMs, closeTimeoutMs } = completeTcpOptions(options);
  // A comm ends each direction by itself; else the stream would end ours when the peer ends its own.
  stream.allowHalfOpen = true;
  const intake = new SocketIntake({ limits, allocate, receiveBuffer: new Uint8Array(RECEIVE_BUFFER_BYTES) });
  const { localAddress, peerAddress } = options;
  const comm = new SocketComm(stream, intake, { localAddress, peerAddress, stallTimeoutMs, closeTimeoutMs });
  feedFromData(stream, intake);
  return comm;
}
