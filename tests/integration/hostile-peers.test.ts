import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@grid/client';
import { asAddress } from '@grid/common';
import { TcpTransport, Transports } from '@grid/comm';
import { MessageCodec, PROTOCOL_VERSIONS, type Message } from '@grid/protocol';
import { connectLink, type Link, type LinkHandlers } from '@grid/rpc';

import { childrenOf, residentBytes } from './support/processes.js';
import { messageOf, prefix } from './support/raw-frames.js';
import { RawPeer } from './support/raw-peer.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

const MIB = 2 ** 20;

let rig: Rig;
let schedulerPid: number;
let memoryBefore: Map<number, number>;
let dripping: DrippingPeer;

/** Says hello a byte at a time, and never the last one. */
class DrippingPeer implements Disposable {
  readonly peer: RawPeer;
  readonly #timer: NodeJS.Timeout;

  constructor(peer: RawPeer) {
    const bytes = encoded(hello(PROTOCOL_VERSIONS));
    let at = 0;
    this.peer = peer;
    this.#timer = setInterval(() => {
      if (at < bytes.length - 1) peer.send(bytes.subarray(at, (at += 1)));
    }, 50);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.peer[Symbol.dispose]();
  }
}

beforeAll(async () => {
  const before = childrenOf(process.pid);
  rig = await startRig();
  const workers = [...rig.cluster.workers.values()].map(({ pid }) => pid ?? 0);
  [schedulerPid = 0] = childrenOf(process.pid).filter((pid) => !before.includes(pid) && !workers.includes(pid));
  await rig.client.gather(rig.client.map((x: number) => x, [1, 2, 3, 4]));
  // It takes a while until it has tried the patience of the scheduler, and the other tests go on meanwhile.
  dripping = new DrippingPeer(await RawPeer.to(rig.cluster.schedulerAddress));
  memoryBefore = new Map([schedulerPid, ...workers].map((pid) => [pid, residentBytes(pid)]));
});

afterAll(async () => {
  dripping[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

/** After each attack: the cluster works, nobody was lost, and nobody holds much more memory than before. */
afterEach(async () => {
  const futures = rig.client.map((x: number) => x + 1, [1, 2, 3, 4], { pure: false });
  expect(await rig.client.gather(futures, { timeout: 5000 })).toEqual([2, 3, 4, 5]);
  for (const future of futures) future.release();
  expect(rig.cluster.workers.size).toBe(2);
  for (const [pid, bytes] of memoryBefore) expect(residentBytes(pid)).toBeLessThan(bytes + 200 * MIB);
});

/** The comm ports of the scheduler and of one worker. */
function ports(): [string, string] {
  return [rig.cluster.schedulerAddress, [...rig.cluster.workers.values()][0]?.address ?? ''];
}

const ATTACKS: readonly (readonly [string, () => Uint8Array | string])[] = [
  ['random bytes', () => randomBytes(4096)],
  ['a megabyte of zeros', () => new Uint8Array(MIB)],
  ['an HTTP request', () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  [
    'a TLS hello',
    () => Buffer.concat([Buffer.from('160301020001000 1fc0303'.replace(/ /g, ''), 'hex'), randomBytes(512)]),
  ],
  ['an SSH greeting', () => 'SSH-2.0-OpenSSH_9.9\r\n'],
  ['another version of the frame layout', () => prefix({ version: 99, headerBytes: 4 })],
  ['a header that claims 4 GiB', () => prefix({ headerBytes: 0xffff_ffff })],
  ['a frame that claims 4 GiB', () => prefix({ headerBytes: 10, segments: [2 ** 32] })],
  ['a frame that claims more bytes than a number can count', () => prefix({ headerBytes: 10, segments: [2 ** 60] })],
  ['a frame of negative length', () => prefix({ headerBytes: 10, segments: [-1] })],
  ['a frame of no length at all', () => prefix({ headerBytes: 10, segments: [NaN] })],
  ['four billion frames', () => prefix({ headerBytes: 10, segmentCount: 0xffff_ffff })],
  ['a message that is not MessagePack', () => messageOf(Buffer.from([0xc1, 0xc1, 0xc1]))],
  ['an array that claims four billion elements', () => messageOf(Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]))],
  ['a text that claims 4 GiB', () => messageOf(Buffer.from([0x91, 0x92, 0xdb, 0xff, 0xff, 0xff, 0xff]))],
  ['ten thousand nested arrays', () => messageOf(Buffer.alloc(10_000, 0x91))],
  ['a message that is not the first of a handshake', () => encoded({ op: 'answer', proof: null })],
];

function encoded(message: Message): Buffer {
  const [header = new Uint8Array()] = new MessageCodec().encode([{ message, requestId: 0 }]);
  return messageOf(header);
}

function hello(versions: { min: number; max: number }): Message {
  return {
    op: 'hello',
    versionMin: versions.min,
    versionMax: versions.max,
    role: 'client',
    instanceId: 'stranger',
    features: [],
    nonce: new Uint8Array(randomBytes(32)),
    about: {},
  };
}

describe('a comm port', () => {
  it.each(ATTACKS)('drops whoever sends %s', async (_, bytes) => {
    for (const address of ports()) {
      using peer = await RawPeer.to(address);
      peer.send(bytes());
      await peer.isTurnedAway(5000);
      // Nothing that would help a stranger is said.
      expect(peer.received.length).toBeLessThan(512);
    }
  });

  it('says to a peer of another protocol version which versions it speaks', async () => {
    for (const address of ports()) {
      using peer = await RawPeer.to(address);
      peer.send(encoded(hello({ min: PROTOCOL_VERSIONS.max + 1, max: PROTOCOL_VERSIONS.max + 5 })));
      await peer.isTurnedAway(5000);
      expect(peer.received.toString('latin1')).toContain('GRID_RPC_VERSION');
    }
  });

  it('drops whoever says hello and then guesses the proof', async () => {
    for (const address of ports()) {
      using peer = await RawPeer.to(address);
      peer.send(encoded(hello(PROTOCOL_VERSIONS)));
      await until('a challenge', () => peer.received.length > 0);
      peer.send(encoded({ op: 'answer', proof: new Uint8Array(randomBytes(32)) }));
      await peer.isTurnedAway(5000);
      expect(peer.received.toString('latin1')).toContain('GRID_RPC_UNAUTHENTICATED');
    }
  });

  it('does not keep others out while a thousand strangers stay silent or send a single byte', async () => {
    const strangers = await Promise.all(
      Array.from({ length: 1000 }, async () => RawPeer.to(rig.cluster.schedulerAddress)),
    );
    try {
      for (const [index, stranger] of strangers.entries()) if (index % 2 === 0) stranger.send('G');
      await using client = await Client.connect(rig.cluster, { timeout: 8000 });
      expect(await client.submit((x: number) => x, [5], { pure: false }).result({ timeout: 5000 })).toBe(5);
    } finally {
      for (const stranger of strangers) stranger[Symbol.dispose]();
    }
  });
});

describe('a member of the cluster that misbehaves', () => {
  async function member(): Promise<Link> {
    const handlers: LinkHandlers = {
      onMessage: () => {},
      onRequest: async () => Promise.reject(new RangeError('asks nothing')),
      onClosed: () => {},
    };
    return connectLink(asAddress(rig.cluster.schedulerAddress), {
      transports: new Transports([new TcpTransport()]),
      local: { role: 'client', instanceId: 'intruder', about: {} },
      token: rig.cluster.token,
      handlers,
      deadlineMs: 5000,
    });
  }

  const nonsense: readonly (readonly [string, Message])[] = [
    ['a message that only workers send', { op: 'tasks-finished' } as never],
    [
      'numbers of keys that it never introduced',
      { op: 'release-keys', ids: new Uint32Array([7, 4_000_000_000]) } as never,
    ],
    ['a message of the handshake', { op: 'welcome' }],
    ['a request that it may not make', { op: 'keep-alive' }],
  ];

  it.each(nonsense)('loses its line when it sends %s, and nobody else notices', async (_, message) => {
    const link = await member();
    try {
      await link.request(
        { op: 'register-client', clientId: 'intruder', name: 'intruder', versions: {} },
        { timeoutMs: 5000 },
      );
      link.send(message);
    } catch (error) {
      // Some of it cannot even be encoded, and that ends the line as well.
      expect(error).toBeDefined();
    }
    await rig.client.schedulerInfo();
    link.abort('the test is over');
  });

  it('loses its line when its bytes turn into garbage after the handshake', async () => {
    const comm = await new TcpTransport().connect(asAddress(rig.cluster.schedulerAddress), {
      signal: AbortSignal.timeout(5000),
    });
    await comm.send([new Uint8Array(randomBytes(100)), new Uint8Array(5000)]);
    const incoming = comm[Symbol.asyncIterator]();
    expect(
      await rejection(
        incoming.next().then(({ done }) => (done === true ? Promise.reject(new RangeError('ended')) : done)),
      ),
    ).toBeDefined();
  });
});

describe('a client', () => {
  it('learns within its timeout that nobody listens', async () => {
    const start = performance.now();
    const error = await rejection(Client.connect('tcp://127.0.0.1:1', { token: 'x'.repeat(40), timeout: 700 }));
    expect(performance.now() - start).toBeLessThan(3000);
    expect(error).toMatchObject({
      code: 'GRID_CLIENT_CONNECT_FAILED',
      message: expect.stringContaining('nobody listens on tcp://127.0.0.1:1'),
    });
  });

  it('learns that an HTTP server is not a scheduler', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await until('the server listens', () => server.listening);
    const { port } = server.address() as { port: number };
    try {
      const error = await rejection(
        Client.connect(`tcp://127.0.0.1:${String(port)}`, { token: 'x'.repeat(40), timeout: 1500 }),
      );
      expect(error).toMatchObject({
        code: expect.stringMatching(/^GRID_(CLIENT_CONNECT_FAILED|RPC_)/),
        message: expect.stringMatching(/HTTP/),
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('learns that a silent server is not a scheduler, within its timeout', async () => {
    const { createServer } = await import('node:net');
    // Whoever calls will hang up, and that is all that is wrong with the line.
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await until('the server listens', () => server.listening);
    const { port } = server.address() as { port: number };
    try {
      const error = await rejection(
        Client.connect(`tcp://127.0.0.1:${String(port)}`, { token: 'x'.repeat(40), timeout: 500 }),
      );
      expect(error).toMatchObject({ code: 'GRID_CLIENT_CONNECT_FAILED' });
    } finally {
      server.close();
    }
  });

  it.each([
    ['a wrong token', 'another-token-that-is-long-enough-0123456789'],
    ['no token', null],
  ])('with %s is told so at once', async (_, token) => {
    const start = performance.now();
    const error = await rejection(Client.connect(rig.cluster.schedulerAddress, { token }));
    expect(error).toMatchObject({ code: 'GRID_RPC_UNAUTHENTICATED', message: expect.stringContaining('token') });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it.each(['nonsense://127.0.0.1:1', 'tcp://', 'tcp://host:99999999', 'tcp://127.0.0.1:port'])(
    'is told that %s is no address',
    async (address) => {
      await expect(Client.connect(address, { token: 'x'.repeat(40), timeout: 2000 })).rejects.toMatchObject({
        code: expect.stringMatching(/^GRID_(COMM|CLIENT)_/),
      });
    },
  );
});

describe('a handshake', () => {
  it('that takes too long is ended', async () => {
    await dripping.peer.isTurnedAway(14_000);
  });
});
