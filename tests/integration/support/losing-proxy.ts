import { connect, createServer, type Server, type Socket } from 'node:net';

import { MessageCodec, type Message } from '@grid/protocol';

import { prefix } from './raw-frames.js';

const PREFIX_BYTES = 16;
const LENGTH_BYTES = 8;

/** Whether this message gets lost. */
export type Loses = (message: Message) => boolean;

/**
 * Stands between a worker and its scheduler, and loses messages: what no line does, and what a bug at either end of it looks
 * like to the other.
 */
export class LosingProxy implements AsyncDisposable {
  /** Messages for which this is true are lost, in both directions. */
  loses: Loses = () => false;
  /** The words of what was lost. */
  readonly lost: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#server = createServer((near) => {
      const far = connect(target.port, target.host);
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  /** Listens in front of an address such as `tcp://127.0.0.1:8786`. */
  static async before(address: string): Promise<LosingProxy> {
    const { hostname, port } = new URL(address.replace(/^tcp:/, 'http:'));
    const proxy = new LosingProxy({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Where to connect in place of the address that it stands before. */
  get address(): string {
    const { port } = this.#server.address() as { port: number };
    return `tcp://127.0.0.1:${String(port)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    let rest = Buffer.alloc(0);
    from.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = endOfSet(rest); end > 0; end = endOfSet(rest)) {
        to.write(this.#let(rest.subarray(0, end)));
        rest = rest.subarray(end);
      }
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  /** The bytes of a frame set without the messages that are lost. */
  #let(set: Buffer): Buffer {
    const codec = new MessageCodec();
    const frames = framesOf(set);
    // A goodbye has no header.
    if ((frames[0]?.length ?? 0) === 0) return set;
    const envelopes = codec.decode(frames);
    const kept = envelopes.filter(({ message }) => !this.loses(message));
    if (kept.length === envelopes.length) return set;
    this.lost.push(...envelopes.filter((envelope) => !kept.includes(envelope)).map(({ message }) => message.op));
    if (kept.length === 0) return Buffer.alloc(0);
    const [header = new Uint8Array(), ...segments] = codec.encode(kept);
    const lengths = segments.map(({ length }) => length);
    return Buffer.concat([prefix({ headerBytes: header.length, segments: lengths }), header, ...segments]);
  }
}

/** Where the first frame set ends; 0 if it is not there as a whole. */
function endOfSet(bytes: Buffer): number {
  const lengths = lengthsOf(bytes);
  if (lengths === null) return 0;
  const end = PREFIX_BYTES + (lengths.length - 1) * LENGTH_BYTES + lengths.reduce((sum, length) => sum + length, 0);
  return bytes.length < end ? 0 : end;
}

/** The length of the header and of each segment. */
function lengthsOf(bytes: Buffer): number[] | null {
  if (bytes.length < PREFIX_BYTES) return null;
  const segments = bytes.readUInt32LE(8);
  if (bytes.length < PREFIX_BYTES + segments * LENGTH_BYTES) return null;
  const lengths = [bytes.readUInt32LE(4)];
  for (let index = 0; index < segments; index += 1)
    lengths.push(bytes.readDoubleLE(PREFIX_BYTES + index * LENGTH_BYTES));
  return lengths;
}

function framesOf(set: Buffer): Uint8Array[] {
  const lengths = lengthsOf(set) ?? [];
  let start = PREFIX_BYTES + (lengths.length - 1) * LENGTH_BYTES;
  return lengths.map((length) => {
    const frame = new Uint8Array(set.subarray(start, start + length));
    start += length;
    return frame;
  });
}
