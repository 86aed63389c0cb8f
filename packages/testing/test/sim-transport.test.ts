import { describe, expect, it } from '@jest/globals';
import { describeTransportCompliance } from '@grid/comm/compliance';
import type { Comm, Frames } from '@grid/comm';
import { asAddress } from '@grid/common';

import type { LineProfile } from '../src/network/line-profile.js';
import { SimNetwork } from '../src/network/sim-network.js';
import { SimTransport } from '../src/network/sim-transport.js';
import { LiveLoop } from './support/live-loop.js';

const SLOW: LineProfile = { latencyMs: 1, jitterMs: 5, bytesPerMs: 1e6, windowBytes: 2 ** 20, unreadBytesMax: 2 ** 22 };
const ADDRESS = asAddress('tcp://127.0.0.1:0');

describeTransportCompliance(
  'simulated tcp',
  async () => {
    const live = new LiveLoop();
    const network = new SimNetwork(live.loop, { random: live.random('network'), profileOf: () => SLOW });
    // Both ends of a test are one process here.
    const process = live.process('both');
    live.loop.current = process;
    return {
      transport: new SimTransport(network, process),
      address: ADDRESS,
      moreThanALineHolds: 2 ** 23,
      close: async () => live.end(),
    };
  },
  { describe, it },
);

describe('a simulated line', () => {
  it('delivers what was sent before its end died, or a first part of it, and then breaks', async () => {
    const live = new LiveLoop();
    const network = new SimNetwork(live.loop, { random: live.random('network'), profileOf: () => SLOW });
    const server = live.process('server');
    const client = live.process('client');
    const accepted = new Promise<Comm>((resolve) => {
      network.listen(server, asAddress('tcp://127.0.0.1:1'), resolve);
    });
    const dialed = await network.connect(client, asAddress('tcp://127.0.0.1:1'), new AbortController().signal);
    for (let number = 0; number < 9; number += 1) await dialed.send([Uint8Array.of(number)]);
    client.isDead = true;
    network.lose(client, false);
    const received: Frames[] = [];
    const reading = (async () => {
      for await (const frames of await accepted) received.push(frames);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'GRID_COMM_RESET' });
    expect(received.map(([frame]) => frame?.[0])).toEqual(received.map((_, index) => index));
    live.end();
  });

  it('tells its ends of a cut at different times', async () => {
    const live = new LiveLoop();
    const network = new SimNetwork(live.loop, { random: live.random('network'), profileOf: () => SLOW });
    const accepted: Comm[] = [];
    network.listen(live.process('server'), asAddress('tcp://127.0.0.1:1'), (comm) => accepted.push(comm));
    const client = live.process('client');
    const dialed = await network.connect(client, asAddress('tcp://127.0.0.1:1'), new AbortController().signal);
    network.lines[0]?.cut([10, 1000]);
    await expect(dialed[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'GRID_COMM_RESET' });
    expect(live.loop.now).toBeLessThan(1000);
    await expect(accepted[0]?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'GRID_COMM_RESET' });
    expect(live.loop.now).toBeGreaterThanOrEqual(1000);
    live.end();
  });
});
