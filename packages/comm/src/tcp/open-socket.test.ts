import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { within } from '../compliance/expectations.js';
import { FrameEncoder } from '../framing/frame-encoder.js';
import { TRUSTED_LIMITS } from '../limits.js';
import { adoptSocket } from './open-socket.js';
import { RECEIVE_BUFFER_BYTES, SocketIntake } from './socket-intake.js';

let sockets: Socket[];
beforeEach(() => {
  sockets = [];
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
});

/** Both ends of a connection; the accepted one is paused. */
async function pair(): Promise<{ dialed: Socket; accepted: Socket; connections: () => Promise<number> }> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrival = once(server, 'connection');
  const dialed = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await arrival) as [Socket];
  sockets.push(dialed, accepted);
  const connections = () =>
    new Promise<number>((resolve, reject) => {
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  server.close();
  return { dialed, accepted, connections };
}

const createIntake = () =>
  new SocketIntake({ limits: TRUSTED_LIMITS, receiveBuffer: new Uint8Array(RECEIVE_BUFFER_BYTES) });

describe('an accepted socket', () => {
  it.each([
    ['through memory of ours', undefined],
    ["by 'data' events where Node lets us have no handle", () => undefined],
  ])('is read %s', async (_, takeHandle) => {
    const { dialed, accepted } = await pair();
    const intake = createIntake();
    const socket = adoptSocket(accepted, intake, takeHandle);
    sockets.push(socket);
    const isAdopted = takeHandle === undefined;
    expect(socket !== accepted).toBe(isAdopted);
    let asked = 0;
    const nextBuffer = intake.nextBuffer.bind(intake);
    intake.nextBuffer = () => {
      asked += 1;
      return nextBuffer();
    };
    intake.attach(socket, { onGoodbye: () => {}, onFault: () => {} });
    const encoder = new FrameEncoder();
    const large = new Uint8Array(1_000_000).map((_value, index) => index * 7);
    encoder.add([Uint8Array.of(1, 2), large]);
    for (const buffer of encoder.take()) dialed.write(buffer);
    const { value } = await within(intake.queue.next(), 'a message');
    expect(Buffer.compare(value[1], large)).toBe(0);
    expect(value[0]).not.toBeInstanceOf(Buffer);
    expect(asked > 0).toBe(isAdopted);
  });

  it('is counted by its server once, however it is read', async () => {
    const { accepted, connections } = await pair();
    const socket = adoptSocket(accepted, createIntake());
    sockets.push(socket);
    expect(await connections()).toBe(0);
  });
});
