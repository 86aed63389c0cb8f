import { connect, type Socket } from 'node:net';

import { until } from './until.js';

/** A socket without any manners: sends whatever bytes it is told to, and keeps what comes back. */
export class RawPeer implements Disposable {
  readonly #socket: Socket;
  received = Buffer.alloc(0);
  isEnded = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => (this.received = Buffer.concat([this.received, chunk])));
    socket.on('close', () => (this.isEnded = true));
    // However the other end turns it away, it is turned away.
    socket.on('error', () => (this.isEnded = true));
  }

  /** Connects to an address such as `tcp://127.0.0.1:8786`. */
  static async to(address: string): Promise<RawPeer> {
    const { hostname, port } = new URL(address.replace(/^tcp:/, 'http:'));
    const socket = connect(Number(port), hostname);
    const peer = new RawPeer(socket);
    await until('a connection', () => !socket.connecting);
    return peer;
  }

  send(bytes: Uint8Array | string): void {
    if (!this.isEnded) this.#socket.write(bytes);
  }

  /** Waits until the other end has closed the line. */
  async isTurnedAway(timeoutMs?: number): Promise<void> {
    await until('the other end closes the line', () => this.isEnded, timeoutMs);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
