import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { request } from 'node:http';
import { connect as dialTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asAddress, type Address } from '@grid/common';
import { parseHostAddress } from '../address.js';
import { receive, rejectsWith, turns, within } from '../compliance/expectations.js';
import { HANDSHAKE_LIMITS, TRUSTED_LIMITS } from '../limits.js';
import type { Comm, Listener } from '../transport.js';
import type { TcpOptions } from './tcp-options.js';
import { TcpTransport } from './tcp-transport.js';

const GOODBYE = Uint8Array.of(0x47, 0x44, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** A prefix of this layout, with a header and at most one segment. */
function prefix(header: number, segment?: number): Buffer {
  const bytes = Buffer.alloc(segment === undefined ? 16 : 24);
  bytes.set([0x47, 0x44, 1, 0]);
  bytes.writeUInt32LE(header, 4);
  if (segment !== undefined) {
    bytes.writeUInt32LE(1, 8);
    bytes.writeDoubleLE(segment, 16);
  }
  return bytes;
}

let closing: (() => unknown)[];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

async function listen(
  options: TcpOptions = {},
): Promise<{ listener: Listener; next: () => Promise<Comm>; address: Address }> {
  const arrived: Comm[] = [];
  const wanted: ((comm: Comm) => void)[] = [];
  const listener = await new TcpTransport(options).listen(asAddress('tcp://127.0.0.1:0'), (comm) => {
    closing.push(() => comm.abort('the test is over'));
    const want = wanted.shift();
    if (want === undefined) arrived.push(comm);
    else want(comm);
  });
  closing.push(() => listener.close());
  const next = () =>
    new Promise<Comm>((resolve) => {
      const comm = arrived.shift();
      if (comm === undefined) wanted.push(resolve);
      else resolve(comm);
    });
  return { listener, next, address: listener.contactAddress };
}

/** A socket to the listener that speaks whatever the test writes. */
async function strange(address: Address): Promise<Socket> {
  const { host, port } = parseHostAddress(address);
  const socket = dial({ host, port, allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  closing.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function lineTo(address: Address, options: TcpOptions = {}): Promise<Comm> {
  const comm = await new TcpTransport(options).connect(address, { signal: AbortSignal.timeout(10_000) });
  closing.push(() => comm.abort('the test is over'));
  return comm;
}

/** Settles when the socket is closed, in order or not. */
async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

describe('something else on the comm port', () => {
  it('gets an HTTP answer that names the port, if it speaks HTTP', async () => {
    const { next, address } = await listen();
    const { host, port } = parseHostAddress(address);
    const answer = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const asked = request({ host, port, path: '/status', agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      asked.on('error', reject).end();
    });
    const comm = await next();
    const error = await rejectsWith(receive(comm), 'GRID_COMM_BAD_FRAME');
    expect(error).toMatchObject({ details: { protocol: 'http-request' } });
    expect(comm.isClosed).toBe(true);
    expect(await answer).toMatchObject({ status: 400, body: expect.stringContaining('this is a grid comm port') });
  });

  it('is cut off and named if it speaks TLS', async () => {
    const { next, address } = await listen();
    const { host, port } = parseHostAddress(address);
    const client = dialTls({ host, port, rejectUnauthorized: false });
    const failed = once(client, 'error');
    client.on('error', () => client.destroy());
    const error = await rejectsWith(receive(await next()), 'GRID_COMM_BAD_FRAME');
    expect(error).toMatchObject({ details: { protocol: 'tls' }, message: expect.stringContaining('tls://') });
    await failed;
  });

  it('is cut off if it sends random bytes, and nobody else notices', async () => {
    const { next, address } = await listen();
    const line = await lineTo(address);
    const accepted = await next();
    for (let index = 0; index < 20; index++) {
      const socket = await strange(address);
      const comm = await next();
      socket.write(Uint8Array.from({ length: 200 }, (_, at) => (at * 37 + index * 11) & 0xff));
      await rejectsWith(receive(comm), 'GRID_COMM_BAD_FRAME');
      await closed(socket);
    }
    await line.send([Uint8Array.of(5)]);
    expect((await receive(accepted))[0]?.[0]).toBe(5);
  });

  it('is named when it is a server that a comm was dialed to', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const comm = await lineTo(asAddress(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`));
    const error = await rejectsWith(receive(comm), 'GRID_COMM_BAD_FRAME');
    expect(error).toMatchObject({ details: { protocol: 'http-response' } });
  });

  it('of another version of the layout is told so', async () => {
    const { next, address } = await listen();
    (await strange(address)).write(Uint8Array.of(0x47, 0x44, 9, 0));
    await rejectsWith(receive(await next()), 'GRID_COMM_WIRE_VERSION');
  });
});

describe('a peer that is not trusted yet', () => {
  it('is refused when it claims 4 GiB, before any memory is taken', async () => {
    let allocated = 0;
    const { next, address } = await listen({
      allocate: (bytes) => {
        allocated += bytes;
        return new Uint8Array(bytes);
      },
    });
    for (const claim of [prefix(0xffff_ffff), prefix(0, 2 ** 32), prefix(0, 60 * 2 ** 20)]) {
      (await strange(address)).write(claim);
      await rejectsWith(receive(await next()), 'GRID_COMM_TOO_LARGE');
    }
    expect(allocated).toBe(0);
  });

  it('may send a large message right behind the one that makes it trusted', async () => {
    const { next, address } = await listen();
    const line = await lineTo(address);
    const accepted = await next();
    const large = new Uint8Array(3_000_000).fill(8);
    // All of it leaves in one write, and the small message arrives in one read with the head of the large one.
    const sends = [
      line.send([Uint8Array.of(1)]),
      line.send([Uint8Array.of(2)]),
      line.send([new Uint8Array(70_000), large]),
    ];
    expect((await receive(accepted))[0]?.[0]).toBe(1);
    await turns(20);
    expect((await receive(accepted))[0]?.[0]).toBe(2);
    await turns(20);
    accepted.setLimits?.(TRUSTED_LIMITS);
    const frames = await receive(accepted);
    expect(frames.map((frame) => frame.length)).toEqual([70_000, 3_000_000]);
    expect(frames[1]?.every((byte) => byte === 8)).toBe(true);
    await Promise.all(sends);
  });

  it('is refused for that message if the limits were not raised, after what came before was read', async () => {
    const { next, address } = await listen();
    const line = await lineTo(address);
    const accepted = await next();
    await Promise.all([line.send([Uint8Array.of(1)]), line.send([new Uint8Array(70_000)])]);
    await turns(20);
    expect(accepted.isClosed).toBe(false);
    expect((await receive(accepted))[0]?.[0]).toBe(1);
    await rejectsWith(receive(accepted), 'GRID_COMM_TOO_LARGE');
    await rejectsWith(receive(line), 'GRID_COMM_RESET');
  });

  it('cannot fill the memory with small messages that nobody reads', async () => {
    const { next, address } = await listen();
    const socket = await strange(address);
    const accepted = await next();
    const before = process.memoryUsage().arrayBuffers;
    const message = Buffer.concat([prefix(60_000), Buffer.alloc(60_000)]);
    let written = 0;
    while (written < 64 * 2 ** 20 && socket.write(message)) written += message.length;
    for (let last = -1; last !== socket.bytesWritten - socket.writableLength;) {
      last = socket.bytesWritten - socket.writableLength;
      for (let count = 0; count < 16; count++) socket.write(message);
      await turns(50);
      if (socket.writableLength > 32 * 2 ** 20) break;
    }
    socket.destroy();
    // What the test itself has queued for writing is one and the same message.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 2 ** 20);
    expect(accepted.isClosed).toBe(false);
  });
});

describe('a peer that dies', () => {
  it('between messages is told from one that closed', async () => {
    const { next, address } = await listen();
    const socket = await strange(address);
    socket.end(Buffer.concat([prefix(1), Uint8Array.of(7)]));
    const comm = await next();
    expect((await receive(comm))[0]?.[0]).toBe(7);
    expect(await rejectsWith(receive(comm), 'GRID_COMM_RESET')).toMatchObject({
      message: expect.stringContaining('without closing'),
    });
  });

  it('after its goodbye has closed in order', async () => {
    const { next, address } = await listen();
    const socket = await strange(address);
    socket.end(Buffer.concat([prefix(1), Uint8Array.of(7), GOODBYE]));
    const comm = await next();
    expect((await receive(comm))[0]?.[0]).toBe(7);
    expect(await comm[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it.each([1, 16, 20, 5_000, 1_000_000])('after %d bytes of a message lets go of it', async (bytes) => {
    const { next, address } = await listen({ limits: TRUSTED_LIMITS });
    const socket = await strange(address);
    const wire = Buffer.concat([prefix(100, 2_000_000), Buffer.alloc(2_000_100)]);
    socket.end(wire.subarray(0, bytes));
    expect(await rejectsWith(receive(await next()), 'GRID_COMM_RESET')).toMatchObject({
      message: expect.stringContaining('in the middle of a message'),
    });
  });

  it('by a reset fails the reader, who has got what came before', async () => {
    const { next, address } = await listen();
    const socket = await strange(address);
    socket.write(Buffer.concat([prefix(1), Uint8Array.of(7)]));
    const comm = await next();
    expect((await receive(comm))[0]?.[0]).toBe(7);
    socket.resetAndDestroy();
    await rejectsWith(receive(comm), 'GRID_COMM_RESET');
    await rejectsWith(comm.send([Uint8Array.of(1)]), 'GRID_COMM_RESET');
  });

  it('in the middle of a message without closing anything is given up', async () => {
    const { next, address } = await listen({ stallTimeoutMs: 50 });
    (await strange(address)).write(prefix(100));
    const error = await rejectsWith(receive(await next()), 'GRID_COMM_TIMEOUT');
    expect(error).toMatchObject({ message: expect.stringContaining('in the middle of a message') });
  });
});

describe('a reader that is slow', () => {
  it('is not blamed on the peer, who is given its time again once the reader reads on', async () => {
    const stallTimeoutMs = 60;
    const { next, address } = await listen({ stallTimeoutMs, limits: { ...HANDSHAKE_LIMITS, queuedMessagesMax: 1 } });
    const socket = await strange(address);
    socket.write(Buffer.concat([prefix(1), Uint8Array.of(7), prefix(100), Buffer.alloc(50)]));
    const comm = await next();
    // Time itself is what is tested: two periods go by in which nobody reads.
    await new Promise((resolve) => setTimeout(resolve, 2 * stallTimeoutMs));
    expect(comm.isClosed).toBe(false);
    expect((await receive(comm))[0]?.[0]).toBe(7);
    await rejectsWith(receive(comm), 'GRID_COMM_TIMEOUT');
  });
});

describe('close', () => {
  it('does not wait for its deadline while the peer writes without end', async () => {
    const options = { closeTimeoutMs: 3_600_000, limits: TRUSTED_LIMITS };
    const { next, address } = await listen(options);
    const line = await lineTo(address, options);
    const comm = await next();
    const writing = (async () => {
      for (;;) await comm.send([new Uint8Array(100_000)]);
    })();
    const refused = rejectsWith(writing, 'GRID_COMM_CLOSED');
    await receive(line);
    await within(line.close(), 'close');
    await refused;
    await within(comm.close(), 'close of the other end');
  });

  it('does not wait for ever for a peer that neither reads nor closes', async () => {
    const { next, address } = await listen({ closeTimeoutMs: 50, limits: TRUSTED_LIMITS });
    const socket = await strange(address);
    socket.pause();
    const comm = await next();
    const stuck = comm.send([new Uint8Array(1), new Uint8Array(32 * 2 ** 20)]).catch((error: unknown) => error);
    await comm.close();
    expect(await stuck).toMatchObject({ code: 'GRID_COMM_CLOSED' });
    expect(comm.isClosed).toBe(true);
  });

  it('does not wait for ever for a peer that never closes', async () => {
    const { next, address } = await listen({ closeTimeoutMs: 50 });
    const socket = await strange(address);
    const ended = once(socket.resume(), 'end');
    await (await next()).close();
    await ended;
  });

  it('lets a slow peer take what is queued, however long, while it takes some', async () => {
    const { next, address } = await listen({ closeTimeoutMs: 250 });
    const line = await lineTo(address, { limits: { ...TRUSTED_LIMITS, queuedBytesMax: 2 ** 20 } });
    const comm = await next();
    const count = 24;
    const sends = Array.from({ length: count }, () => comm.send([new Uint8Array(2 ** 20)]));
    const settled = Promise.allSettled(sends);
    const closing = comm.close();
    for (let index = 0; index < count; index++) {
      expect((await receive(line))[0]?.length).toBe(2 ** 20);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await line[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    await Promise.all([closing, settled]);
  });
});

describe('an address of tcp', () => {
  it.each(['tcp://[::1]:0', 'tcp://localhost:0', 'tcp://0.0.0.0:0', 'tcp://[::]:0'])('may be %s', async (text) => {
    const transport = new TcpTransport();
    const accepted: Comm[] = [];
    const listener = await transport.listen(asAddress(text), (comm) => accepted.push(comm));
    closing.push(() => listener.close());
    const comm = await lineTo(listener.contactAddress);
    await comm.send([Uint8Array.of(1)]);
    await turns(5);
    expect(parseHostAddress(listener.contactAddress).host).not.toMatch(/^(0\.0\.0\.0|::)$/);
    expect(comm.peerAddress).toBe(listener.contactAddress);
    expect(accepted[0]?.peerAddress).toBe(comm.localAddress);
    closing.push(() => accepted[0]?.abort('over'));
  });

  it('of IPv4 stays one when the listener listens on IPv6 as well', async () => {
    const transport = new TcpTransport();
    const accepted: Comm[] = [];
    const listener = await transport.listen(asAddress('tcp://[::]:0'), (comm) => accepted.push(comm));
    closing.push(() => listener.close());
    const comm = await lineTo(asAddress(`tcp://127.0.0.1:${parseHostAddress(listener.listenAddress).port}`));
    await comm.send([Uint8Array.of(1)]);
    await turns(5);
    closing.push(() => accepted[0]?.abort('over'));
    expect(accepted[0]?.peerAddress).toMatch(/^tcp:\/\/127\.0\.0\.1:/);
  });

  it('that is not of this host cannot be listened on', async () => {
    await rejectsWith(
      new TcpTransport().listen(asAddress('tcp://192.0.2.1:0'), () => {}),
      'GRID_COMM_BAD_ADDRESS',
    );
  });

  it('of another scheme, without a port or with port 0 is refused before anything is tried', async () => {
    const transport = new TcpTransport();
    const signal = AbortSignal.timeout(1_000);
    await rejectsWith(transport.connect(asAddress('ws://127.0.0.1:1'), { signal }), 'GRID_COMM_UNKNOWN_SCHEME');
    await rejectsWith(transport.connect(asAddress('tcp://127.0.0.1'), { signal }), 'GRID_COMM_BAD_ADDRESS');
    await rejectsWith(transport.connect(asAddress('tcp://127.0.0.1:0'), { signal }), 'GRID_COMM_BAD_ADDRESS');
  });
});

describe('what a comm writes', () => {
  it('in one turn of the event loop leaves in one piece', async () => {
    const { next, address } = await listen();
    const socket = await strange(address);
    const chunks: number[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk.length));
    const comm = await next();
    for (let index = 0; index < 100; index++) await comm.send([new Uint8Array(4)]);
    while (chunks.length === 0) await turns(1);
    expect(chunks).toEqual([100 * 20]);
  });

  it('is not disturbed by what it writes next, when the peer is slow', async () => {
    const { next, address } = await listen({ limits: TRUSTED_LIMITS });
    const line = await lineTo(address, { limits: { ...HANDSHAKE_LIMITS, queuedMessagesMax: 4 } });
    const comm = await next();
    const count = 1_000;
    const writing = (async () => {
      for (let index = 0; index < count; index++) await comm.send([new Uint8Array(3_000).fill(index & 0xff)]);
    })();
    for (let index = 0; index < count; index++) {
      const [frame] = await receive(line);
      expect(frame?.every((byte) => byte === (index & 0xff))).toBe(true);
    }
    await writing;
  });
});
