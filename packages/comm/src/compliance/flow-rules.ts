import { equal, ok } from 'node:assert/strict';
import { later, patterned, receive, sameFrames, turns, within } from './expectations.js';
import type { Rule } from './rule.js';

const MIB = 2 ** 20;

/** Rules about many messages and many comms. */
export const flowRules: readonly Rule[] = [
  [
    'a reader that does not read makes the writer wait, and nothing is lost',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const count = Math.ceil((bench.setup.moreThanALineHolds ?? 256 * MIB) / MIB);
      const frame = patterned(MIB, 1);
      let sent = 0;
      const writing = later(
        (async () => {
          for (; sent < count; sent++) await dialed.send([Uint8Array.of(sent & 0xff), frame]);
        })(),
      );
      // A transport without backpressure takes all of it, and one with backpressure soon stands still.
      for (let before = -1; before !== sent;) {
        before = sent;
        await turns(500);
      }
      ok(sent < count, `the line took ${count} MiB that nobody read`);
      for (let index = 0; index < count; index++) {
        const [header] = await receive(accepted);
        equal(header?.[0], index & 0xff);
      }
      await within(writing, 'the last send');
    },
  ],
  [
    'many small messages that nobody reads make the writer wait as well',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const count = 1_000_000;
      const frame = new Uint8Array(64);
      let sent = 0;
      const writing = later(
        (async () => {
          for (; sent < count; sent++) await dialed.send([frame]);
        })(),
      );
      for (let before = -1; before !== sent;) {
        before = sent;
        await turns(200);
      }
      ok(sent < count, `the line took ${count} messages that nobody read`);
      const refused = within(writing, 'the refusal').then(
        () => false,
        () => true,
      );
      accepted.abort('enough');
      ok(await refused, 'the writer went on after the reader was gone');
    },
  ],
  [
    'both ends may write a lot before they read',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const frames = [patterned(5, 1), patterned(24 * MIB, 2)];
      const sends = [later(dialed.send(frames)), later(accepted.send(frames))];
      sameFrames(await receive(dialed), frames);
      sameFrames(await receive(accepted), frames);
      await within(Promise.all(sends), 'both sends');
    },
  ],
  [
    'many comms to one listener do not mix',
    async (bench) => {
      const { listener, accepted } = await bench.listen();
      const count = 100;
      const echoing = Array.from({ length: count }, async () => {
        const comm = await accepted();
        await comm.send(await receive(comm));
      });
      const asking = Array.from({ length: count }, async (_, index) => {
        const comm = await bench.connect(listener.contactAddress);
        const frames = [Uint8Array.of(index), patterned(1_000 + index, index)];
        await comm.send(frames);
        sameFrames(await receive(comm), frames);
      });
      await within(Promise.all([...echoing, ...asking]), 'all echoes');
    },
  ],
];
