import { ok } from 'node:assert/strict';
import { later, patterned, receive, rejectsWith, sameFrames, within } from './expectations.js';
import type { Rule } from './rule.js';

const MIB = 2 ** 20;

/** Rules about single messages. */
export const messageRules: readonly Rule[] = [
  [
    'messages arrive in the order they were sent, in both directions at once',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const count = 2_000;
      for (const [from, to] of [
        [dialed, accepted],
        [accepted, dialed],
      ] as const) {
        const sending = later(
          (async () => {
            for (let index = 0; index < count; index++) await from.send([Uint8Array.of(index & 0xff, index >> 8)]);
          })(),
        );
        for (let index = 0; index < count; index++) {
          sameFrames(await receive(to), [Uint8Array.of(index & 0xff, index >> 8)]);
        }
        await within(sending, 'the last send');
      }
    },
  ],
  [
    'messages that are sent without waiting for each other keep their order',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const sent = Array.from({ length: 500 }, (_, index) => [patterned(index * 7, index), patterned(index % 5, 1)]);
      const sends = sent.map((frames) => later(dialed.send(frames)));
      for (const frames of sent) sameFrames(await receive(accepted), frames);
      await within(Promise.all(sends), 'all sends');
    },
  ],
  [
    'frames keep their borders, empty ones too',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const empty = new Uint8Array(0);
      const messages = [
        [empty],
        [empty, empty],
        [Uint8Array.of(1), empty],
        [empty, Uint8Array.of(2), empty, Uint8Array.of(3, 4)],
        [patterned(10, 1), patterned(70_000, 2), empty, patterned(300_000, 3), patterned(9, 4)],
        [patterned(200_000, 5)],
        Array.from({ length: 300 }, (_, index) => patterned(index, index)),
      ];
      const sends = messages.map((frames) => later(dialed.send(frames)));
      for (const frames of messages) sameFrames(await receive(accepted), frames);
      await within(Promise.all(sends), 'all sends');
    },
  ],
  [
    'a frame may be a part of a larger buffer',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const whole = patterned(50_000, 6);
      const shared = new Uint8Array(new SharedArrayBuffer(40_000)).fill(9);
      const frames = [whole.subarray(10, 20), whole.subarray(100, 49_000), shared.subarray(1, 39_000)];
      await dialed.send(frames);
      sameFrames(await receive(accepted), frames);
    },
  ],
  [
    'frames of 64 MiB pass whole',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const frames = [patterned(100, 1), patterned(64 * MIB, 2), patterned(3, 3)];
      const sending = later(dialed.send(frames));
      sameFrames(await receive(accepted), frames);
      await within(sending, 'the send');
    },
  ],
  [
    'a received payload frame holds no more memory than its own bytes',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      await dialed.send([Uint8Array.of(0), Uint8Array.from([1, 2, 3]), new Uint8Array(20_000)]);
      const [, small, large] = await receive(accepted);
      ok(small?.buffer.byteLength === 3, 'a frame of 3 bytes pins a larger buffer');
      ok(large?.buffer.byteLength === 20_000, 'a frame of 20 000 bytes pins a larger buffer');
    },
  ],
  [
    'a message without a frame is refused, and the comm goes on',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      await rejectsWith(dialed.send([]), 'GRID_COMM_BAD_FRAME');
      await dialed.send([Uint8Array.of(1)]);
      sameFrames(await receive(accepted), [Uint8Array.of(1)]);
    },
  ],
  [
    'leaving a loop early neither closes the comm nor loses a message',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      for (const value of [1, 2, 3]) await dialed.send([Uint8Array.of(value)]);
      for await (const frames of accepted) {
        sameFrames(frames, [Uint8Array.of(1)]);
        break;
      }
      for (const value of [2, 3]) sameFrames(await receive(accepted), [Uint8Array.of(value)]);
      ok(!accepted.isClosed, 'leaving the loop closed the comm');
    },
  ],
  [
    'a second reader is refused while the first one waits',
    async (bench) => {
      const { dialed, accepted } = await bench.line();
      const first = later(receive(accepted));
      await rejectsWith(accepted[Symbol.asyncIterator]().next(), 'GRID_COMM_BUSY');
      await dialed.send([Uint8Array.of(7)]);
      sameFrames(await first, [Uint8Array.of(7)]);
    },
  ],
];
