import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { asAddress, CommonError } from '@grid/common';
import { parseHostAddress } from '@grid/comm';
import type { Message } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { RpcError } from '../src/errors.js';
import type { Link } from '../src/link/link.js';
import { heartbeat, RecordedHandlers } from './support/recorded-handlers.js';
import { identity, RpcRig } from './support/rpc-rig.js';
import { failureOf, turns, until } from './support/until.js';

function closing(reason: string): Message {
  return { op: 'scheduler-closing', reason };
}

describe.each(['tcp', 'inproc'] as const)('a server over %s', (scheme) => {
  let rig: RpcRig;

  beforeEach(() => {
    rig = new RpcRig(scheme);
  });

  afterEach(() => rig.close());

  it('carries streams and requests both ways', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    const mine = new RecordedHandlers();
    const link = await rig.dial(address, { handlers: mine });
    for (let at = 0; at < 100; at += 1) link.send(closing(String(at)));
    expect((await link.request(heartbeat(5), { timeoutMs: 1000 })).now).toBe(5);
    expect(rig.handlers[0]?.messages).toEqual(Array.from({ length: 100 }, (_, at) => closing(String(at))));
    rig.accepted[0]?.send(closing('back'));
    expect(await rig.accepted[0]?.request(heartbeat(6), { timeoutMs: 1000 })).toMatchObject({ now: 6 });
    expect(mine.messages).toEqual([closing('back')]);
  });

  it('carries large values unchanged', async () => {
    const stored = new RecordedHandlers(async () => ({ op: 'put-data-reply' }));
    const address = await rig.server({}, () => stored).listen(rig.anyAddress);
    const link = await rig.dial(address);
    const buffer = new Uint8Array(8 << 20).fill(9);
    const values = {
      taskIds: [1],
      keys: { length: 1, at: () => 'k' },
      payloads: [{ body: new Uint8Array(1), buffers: [buffer] }],
    };
    await link.request({ op: 'put-data', values }, { timeoutMs: 5000 });
    const received = stored.requests[0];
    expect(
      received?.op === 'put-data' && Buffer.compare(received.values.payloads[0]?.buffers[0] as Uint8Array, buffer),
    ).toBe(0);
  });

  it('keeps order and loses nothing when both ends send more than the line takes', async () => {
    const address = await rig.server().listen(rig.anyAddress);
    const mine = new RecordedHandlers();
    const link = await rig.dial(address, { handlers: mine });
    await until(() => rig.accepted.length === 1, 'the link');
    const back = rig.accepted[0] as Link;
    const expected: string[] = [];
    const replies: Promise<unknown>[] = [];
    for (let at = 0; at < 600; at += 1) {
      const text = String(at).padEnd((at * 7919) % 50_000, '.');
      expected.push(text);
      link.send(closing(text));
      back.send(closing(text));
      if (at % 3 === 0)
        replies.push(
          link.request(heartbeat(at), { timeoutMs: 5000 }),
          back.request(heartbeat(at), { timeoutMs: 5000 }),
        );
      if (at % 50 === 0) await turns(1);
    }
    await Promise.all(replies);
    await until(() => mine.messages.length === 600 && rig.handlers[0]?.messages.length === 600, 'all messages');
    for (const { messages } of [mine, rig.handlers[0] as RecordedHandlers]) {
      expect(
        messages.every((message, at) => message.op === 'scheduler-closing' && message.reason === expected[at]),
      ).toBe(true);
    }
  });

  it('sends what the owner sends while it accepts right behind the welcome', async () => {
    const address = await rig
      .server({}, (link) => {
        link.send(closing('hello'));
        return new RecordedHandlers();
      })
      .listen(rig.anyAddress);
    const mine = new RecordedHandlers();
    await rig.dial(address, { handlers: mine });
    await until(() => mine.messages.length === 1, 'the first message');
  });

  it('turns away whom its owner does not accept, with the owner’s code', async () => {
    const server = rig.server({}, () => {
      throw new RpcError('GRID_RPC_ROLE', 'one scheduler is enough');
    });
    const error = await failureOf(rig.dial(await server.listen(rig.anyAddress)));
    expect(error).toMatchObject({ code: 'GRID_RPC_ROLE', message: expect.stringContaining('one scheduler is enough') });
    expect(server.links.size).toBe(0);
  });

  it('knows its links until they close', async () => {
    const server = rig.server();
    const address = await server.listen(rig.anyAddress);
    const links = [await rig.dial(address), await rig.dial(address, { local: identity('client') })];
    await until(() => server.links.size === 2, 'both links');
    expect([...server.links].map(({ peer }) => peer.role)).toEqual(['worker', 'client']);
    await links[0]?.close();
    await until(() => server.links.size === 1, 'one link');
    expect(rig.handlers[0]?.closings).toEqual([undefined]);
    expect(server.counts).toEqual({ accepted: 2, refused: 0 });
  });

  it('closes all links in order, and accepts no more', async () => {
    const server = rig.server();
    const address = await server.listen(rig.anyAddress);
    const mine = new RecordedHandlers();
    const link = await rig.dial(address, { handlers: mine });
    const reply = failureOf(link.request(heartbeat(1), { timeoutMs: 3000 }));
    await until(() => rig.accepted.length === 1, 'the link');
    rig.accepted[0]?.send(closing('bye'));
    await server.close();
    await until(() => mine.closings.length === 1, 'the end');
    expect([mine.messages, mine.closings]).toEqual([[closing('bye')], [undefined]]);
    expect(await reply).toMatchObject({ code: 'GRID_RPC_CLOSED' });
    expect(await failureOf(rig.dial(address, { deadlineMs: 50 }))).toBeDefined();
    expect(await failureOf(server.listen(rig.anyAddress))).toMatchObject({ code: 'GRID_RPC_CLOSED' });
  });

  it('does not wait for strangers when it closes', async () => {
    const server = rig.server();
    const peer = await rig.dialRaw(await server.listen(rig.anyAddress));
    await until(() => peer.comm !== undefined, 'the line');
    await server.close();
    expect(await peer.receive()).toBeUndefined();
  });

  it('goes on with all others when one peer talks nonsense', async () => {
    const server = rig.server();
    const address = await server.listen(rig.anyAddress);
    const [good, bad] = [await rig.dial(address), await rig.dial(address)];
    await until(() => server.links.size === 2, 'both links');
    bad.send({ op: 'welcome' });
    await until(() => server.links.size === 1, 'one link');
    expect((await good.request(heartbeat(1), { timeoutMs: 1000 })).now).toBe(1);
    expect(rig.handlers[1]?.closings).toEqual([expect.objectContaining({ code: 'GRID_RPC_BAD_PEER' })]);
    expect(rig.logger.at('warn')).toHaveLength(1);
  });

  it('tells the caller the code of what its handler threw', async () => {
    const address = await rig
      .server(
        {},
        () =>
          new RecordedHandlers(async () => {
            throw new CommonError('GRID_COMMON_BAD_SIZE', 'too large', { details: { size: 9 } });
          }),
      )
      .listen(rig.anyAddress);
    const link = await rig.dial(address);
    expect(await failureOf(link.request(heartbeat(1), { timeoutMs: 1000 }))).toMatchObject({
      code: 'GRID_COMMON_BAD_SIZE',
      details: { size: 9 },
    });
  });
});

describe('a server over tcp', () => {
  let rig: RpcRig;
  let sockets: Socket[];

  beforeEach(() => {
    rig = new RpcRig('tcp');
    sockets = [];
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await rig.close();
  });

  async function socketTo(address: string): Promise<{ socket: Socket; closed: () => boolean }> {
    const { host, port } = parseHostAddress(address);
    const socket = connectSocket(port, host)
      .on('error', () => undefined)
      .resume();
    sockets.push(socket);
    let isClosed = false;
    socket.on('close', () => (isClosed = true));
    await new Promise((resolve) => socket.once('connect', resolve));
    return { socket, closed: () => isClosed };
  }

  /** What a dialer writes first. */
  async function helloBytes(): Promise<Buffer> {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as AddressInfo;
    const first = new Promise<Buffer>((resolve) =>
      listener.once('connection', (socket) => socket.on('error', () => undefined).once('data', resolve)),
    );
    const attempt = new AbortController();
    const dialing = failureOf(rig.dial(asAddress(`tcp://127.0.0.1:${port}`), { signal: attempt.signal }));
    const bytes = await first;
    attempt.abort('enough');
    await dialing;
    await new Promise((resolve) => listener.close(resolve));
    return bytes;
  }

  it.each<[string, Uint8Array]>([
    ['random bytes', Uint8Array.from({ length: 300 }, (_, at) => (at * 7919) % 251)],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a TLS ClientHello', Buffer.from('1603010200010001fc0303', 'hex')],
  ])('closes a line that begins with %s, warns once, and serves on', async (_, bytes) => {
    const address = await rig.server().listen(rig.anyAddress);
    const { socket, closed } = await socketTo(address);
    socket.write(bytes);
    await until(closed, 'the end of the socket');
    await until(() => rig.logger.at('warn').length === 1, 'the warning');
    expect((await rig.dial(address)).isClosed).toBe(false);
    expect(rig.logger.at('warn')).toHaveLength(1);
  });

  it('ends a handshake that comes byte by byte when its time is up', async () => {
    const address = await rig.server({ handshakeTimeoutMs: 60 }).listen(rig.anyAddress);
    const { socket, closed } = await socketTo(address);
    const bytes = await helloBytes();
    let written = 0;
    const drip = setInterval(() => socket.write(bytes.subarray(written, (written += 1))), 5);
    await until(closed, 'the end of the socket');
    clearInterval(drip);
    expect(written).toBeGreaterThan(1);
    expect(rig.logger.at('warn')).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ code: 'GRID_COMMON_TIMEOUT' }) }),
    ]);
  });

  it('lets members in while strangers fill the door', async () => {
    const address = await rig
      .server({ unauthenticatedMax: 50, unauthenticatedPerHostMax: 40, unauthenticatedPatienceMs: 50 })
      .listen(rig.anyAddress);
    await Promise.all(Array.from({ length: 100 }, () => socketTo(address)));
    expect((await rig.dial(address)).isClosed).toBe(false);
  });

  it('lets a crowd of members in at once', async () => {
    const server = rig.server({ unauthenticatedMax: 16, unauthenticatedPerHostMax: 16 });
    const address = await server.listen(rig.anyAddress);
    await Promise.all(Array.from({ length: 100 }, () => rig.dial(address)));
    await until(() => server.links.size === 100, 'all links');
  });

  it('refuses to be reachable from other machines without a token', async () => {
    const server = rig.server({ token: null });
    expect(await failureOf(server.listen(asAddress('tcp://0.0.0.0:0')))).toMatchObject({
      code: 'GRID_RPC_TOKEN_REQUIRED',
    });
    await server.listen(asAddress('tcp://127.0.0.1:0'));
    expect(rig.logger.at('warn')).toEqual([
      expect.objectContaining({ text: expect.stringContaining('without a token') }),
    ]);
  });
});
