import { equal, ok } from 'node:assert/strict';
import { drain, receive, rejectsWith, sameFrames, turns, within } from './expectations.js';
import type { Rule } from './rule.js';

/** Rules about listening and connecting. */
export const connectingRules: readonly Rule[] = [
  [
    'addresses begin with the scheme, and each end names the other',
    async (bench) => {
      const { listener, accepted: next } = await bench.listen();
      const dialed = await bench.connect(listener.contactAddress);
      const accepted = await next();
      const prefix = `${bench.setup.transport.scheme}://`;
      for (const address of [
        listener.listenAddress,
        listener.contactAddress,
        dialed.localAddress,
        accepted.peerAddress,
      ]) {
        ok(address.startsWith(prefix), `${address} does not begin with ${prefix}`);
      }
      equal(dialed.peerAddress, listener.contactAddress);
      equal(accepted.peerAddress, dialed.localAddress);
    },
  ],
  [
    'nobody is reached where nobody listens',
    async (bench) => {
      const { listener } = await bench.listen();
      await listener.close();
      await rejectsWith(bench.connect(listener.contactAddress), 'GRID_COMM_CONNECT_FAILED');
    },
  ],
  [
    'an address that is taken is refused, and is free again after close',
    async (bench) => {
      const { listener } = await bench.listen();
      await rejectsWith(bench.listen(listener.listenAddress), 'GRID_COMM_ADDRESS_IN_USE');
      await listener.close();
      const again = await bench.listen(listener.listenAddress);
      equal(again.listener.listenAddress, listener.listenAddress);
    },
  ],
  [
    'comms stay open when their listener closes',
    async (bench) => {
      const { listener, accepted: next } = await bench.listen();
      const [dialed, accepted] = await Promise.all([bench.connect(listener.contactAddress), next()]);
      await within(listener.close(), 'close of the listener');
      await within(listener.close(), 'close again');
      await dialed.send([Uint8Array.of(1)]);
      sameFrames(await receive(accepted), [Uint8Array.of(1)]);
      await accepted.send([Uint8Array.of(2)]);
      sameFrames(await receive(dialed), [Uint8Array.of(2)]);
    },
  ],
  [
    'a signal that has fired stops an attempt before it begins',
    async (bench) => {
      const { listener } = await bench.listen();
      const reason = { why: 'no more' };
      const outcome = await bench
        .connect(listener.contactAddress, AbortSignal.abort(reason))
        .catch((error: unknown) => error);
      equal(outcome, reason);
    },
  ],
  [
    'a signal that fires during an attempt ends it, or comes too late',
    async (bench) => {
      const { listener } = await bench.listen();
      const controller = new AbortController();
      const reason = { why: 'changed my mind' };
      const outcome = bench.connect(listener.contactAddress, controller.signal).then(
        () => 'connected',
        (error: unknown) => error,
      );
      controller.abort(reason);
      const settled = await within(outcome, 'the attempt');
      ok(settled === reason || settled === 'connected', `the attempt ended with ${String(settled)}`);
    },
  ],
  [
    'a signal that fires after the attempt does not touch the comm',
    async (bench) => {
      const { listener, accepted: next } = await bench.listen();
      const controller = new AbortController();
      const [dialed, accepted] = await Promise.all([bench.connect(listener.contactAddress, controller.signal), next()]);
      controller.abort('later');
      await turns(3);
      ok(!dialed.isClosed);
      await dialed.send([Uint8Array.of(1)]);
      sameFrames(await receive(accepted), [Uint8Array.of(1)]);
    },
  ],
  [
    'the listener is not called inside the stack of connect',
    async (bench) => {
      let isConnecting = false;
      let calledInside = false;
      const arrived: Promise<void>[] = [];
      const listener = await bench.setup.transport.listen(bench.setup.address, (comm) => {
        calledInside ||= isConnecting;
        arrived.push(comm.close());
      });
      isConnecting = true;
      const connecting = bench.connect(listener.contactAddress);
      isConnecting = false;
      const dialed = await within(connecting, 'the attempt');
      await within(drain(dialed), 'the end');
      await within(Promise.all([...arrived, listener.close()]), 'close');
      ok(!calledInside);
    },
  ],
];
