import { equal, ok } from 'node:assert/strict';
import { drain, later, patterned, receive, rejectsWith, sameFrames, within } from './expectations.js';
import type { Rule } from './rule.js';

const MIB = 2 ** 20;

/** Rules about the end of a comm. */
export const endingRules: readonly Rule[] = [
  [
    'close lets queued messages go out, and the peer then reads to a clean end',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const large = patterned(8 * MIB, 1);
      const sends = [];
      for (let index = 0; index < 50; index++) sends.push(later(dialed.send([Uint8Array.of(index)])));
      sends.push(later(dialed.send([Uint8Array.of(99), large])));
      const closing = later(dialed.close());
      // Whether a send that waits for room settles or is refused when its own end closes is left open.
      const settled = Promise.allSettled(sends);
      for (let index = 0; index < 50; index++) sameFrames(await receive(accepted), [Uint8Array.of(index)]);
      sameFrames(await receive(accepted), [Uint8Array.of(99), large]);
      equal(await within(drain(accepted), 'the end'), 0);
      await within(closing, 'close');
      await within(settled, 'the sends');
    },
  ],
  [
    'after close, sends fail on both ends with a code and both loops end',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      ok(!dialed.isClosed && !accepted.isClosed);
      const farEnd = later(drain(accepted));
      const nearEnd = later(drain(dialed));
      await within(dialed.close(), 'close');
      ok(dialed.isClosed);
      equal(await within(nearEnd, 'the end of this side'), 0);
      equal(await within(farEnd, 'the end of the other side'), 0);
      await rejectsWith(dialed.send([Uint8Array.of(1)]), 'GRID_COMM_CLOSED');
      await rejectsWith(accepted.send([Uint8Array.of(1)]), 'GRID_COMM_CLOSED');
      ok(accepted.isClosed);
      equal(await within(drain(accepted), 'a loop after the end'), 0);
    },
  ],
  [
    'close may be called again, and from both ends at once',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      await within(Promise.all([dialed.close(), accepted.close(), dialed.close()]), 'close');
      await within(accepted.close(), 'close again');
      dialed.abort('too late');
      equal(await drain(dialed), 0);
    },
  ],
  [
    'a peer that closes early does not lose what it was sent a large answer for',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      // The closing end has unread bytes: a careless transport resets the line, and the reset overtakes the data.
      const flood = accepted.send([patterned(4 * MIB, 1)]).catch(() => 'refused');
      await dialed.send([Uint8Array.of(1)]);
      await dialed.send([Uint8Array.of(2), patterned(2 * MIB, 2)]);
      const closing = later(dialed.close());
      sameFrames(await receive(accepted), [Uint8Array.of(1)]);
      sameFrames(await receive(accepted), [Uint8Array.of(2), patterned(2 * MIB, 2)]);
      equal(await within(drain(accepted), 'the end'), 0);
      await within(Promise.all([closing, flood]), 'close');
    },
  ],
  [
    'abort fails pending reads and sends on both ends',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const reads = [
        later(rejectsWith(receive(dialed), 'GRID_COMM_CLOSED')),
        later(rejectsWith(receive(accepted), 'GRID_COMM_RESET')),
      ];
      const reason = { why: 'a test' };
      dialed.abort(reason);
      const [error] = await Promise.all(reads);
      equal((error as Error).cause, reason);
      ok(dialed.isClosed && accepted.isClosed);
      await rejectsWith(dialed.send([Uint8Array.of(1)]), 'GRID_COMM_CLOSED');
      await rejectsWith(accepted.send([Uint8Array.of(1)]), 'GRID_COMM_RESET');
      await rejectsWith(drain(dialed), 'GRID_COMM_CLOSED');
      await rejectsWith(drain(accepted), 'GRID_COMM_RESET');
    },
  ],
  [
    'abort in the middle of a large message fails the send and the read',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const large = patterned(MIB, 1);
      const writing = later(
        (async () => {
          for (;;) await dialed.send([large, large]);
        })(),
      );
      await receive(accepted);
      const failed = later(rejectsWith(writing, 'GRID_COMM_RESET', 'GRID_COMM_CLOSED'));
      accepted.abort('enough');
      await failed;
      await rejectsWith(drain(accepted), 'GRID_COMM_CLOSED');
      await rejectsWith(drain(dialed), 'GRID_COMM_RESET');
    },
  ],
  [
    'a peer that vanishes without a word is an error, not an end',
    async (bench) => {
      const { vanishingPeer } = bench.setup;
      if (vanishingPeer === undefined) return;
      const { listener, accepted } = await bench.listen();
      const [comm] = await Promise.all([accepted(), vanishingPeer(listener.contactAddress)]);
      await rejectsWith(drain(comm), 'GRID_COMM_RESET');
      ok(comm.isClosed);
    },
  ],
  [
    'close after abort changes nothing',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      dialed.abort('first');
      await within(Promise.all([dialed.close(), accepted.close()]), 'close after abort');
      await rejectsWith(drain(dialed), 'GRID_COMM_CLOSED');
    },
  ],
  [
    'a comm is disposed by closing it',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      await within(Promise.resolve(dialed[Symbol.asyncDispose]()), 'disposal');
      ok(dialed.isClosed);
      equal(await within(drain(accepted), 'the end'), 0);
    },
  ],
];
