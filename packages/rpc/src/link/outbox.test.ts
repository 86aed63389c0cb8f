import type { Message } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { MessageRun } from './link-handlers.js';
import { Outbox } from './outbox.js';

type RunOp = 'add-keys' | 'release-worker-data';

class Rows implements MessageRun {
  readonly taskIds: number[] = [];
  finishes = 0;

  constructor(
    readonly op: RunOp,
    readonly rowsMax = Infinity,
  ) {}

  get byteLength(): number {
    return this.taskIds.length * 10;
  }

  get isFull(): boolean {
    return this.taskIds.length >= this.rowsMax;
  }

  finish(): Message {
    this.finishes += 1;
    const { taskIds } = this;
    return this.op === 'add-keys' ? { op: this.op, taskIds, sizes: taskIds } : { op: this.op, taskIds };
  }
}

function single(reason: string): Message {
  return { op: 'scheduler-closing', reason };
}

/** What stands in the queue, row by row. */
function rowsOf(messages: readonly Message[]): string[] {
  return messages.flatMap((message) => {
    if (message.op === 'scheduler-closing') return [message.reason];
    return 'taskIds' in message && message.taskIds !== null
      ? Array.from(message.taskIds, (id) => `${message.op} ${id}`)
      : [];
  });
}

describe('Outbox', () => {
  it('keeps the order of all rows and messages, whatever is queued and taken when', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('row' as const), op: fc.constantFrom<RunOp>('add-keys', 'release-worker-data') }),
      fc.constant({ kind: 'single' as const }),
      fc.constant({ kind: 'take' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, rowsMax) => {
        const outbox = new Outbox();
        const runs: Rows[] = [];
        const expected: string[] = [];
        const taken: Message[] = [];
        steps.forEach((what, at) => {
          if (what.kind === 'take') taken.push(...outbox.take().map(({ message }) => message));
          else if (what.kind === 'single') {
            outbox.push(single(String(at)), 0, true);
            expected.push(String(at));
          } else {
            const create = (): Rows => {
              const made = new Rows(what.op, rowsMax);
              runs.push(made);
              return made;
            };
            outbox.openRun(what.op, create).taskIds.push(at);
            expected.push(`${what.op} ${at}`);
          }
        });
        taken.push(...outbox.take().map(({ message }) => message));
        expect(rowsOf(taken)).toEqual(expected);
        expect(runs.every(({ finishes, taskIds }) => finishes === 1 && taskIds.length <= rowsMax)).toBe(true);
        expect([outbox.isEmpty, outbox.byteLength]).toEqual([true, 0]);
      }),
    );
  });

  it('takes a long queue in pieces, and counts what is left', () => {
    const outbox = new Outbox();
    for (let at = 0; at < 2500; at += 1) outbox.push(single('0123456789'), 0, at % 2 === 0);
    const run = outbox.openRun('add-keys', () => new Rows('add-keys'));
    run.taskIds.push(1, 2);
    const whole = outbox.byteLength;
    const sizes: number[] = [];
    while (!outbox.isEmpty) sizes.push(outbox.take().length);
    expect(sizes).toEqual([1024, 1024, 453]);
    expect(whole).toBeGreaterThanOrEqual(1250 * 10 + 20);
    expect([run.finishes, outbox.byteLength]).toEqual([1, 0]);
  });

  it('counts the bytes of payloads, not of their containers', () => {
    const outbox = new Outbox();
    const values = {
      taskIds: [1],
      keys: { length: 1, at: () => 'x' },
      payloads: [{ body: new Uint8Array(10), buffers: [new Uint8Array(1 << 20)] }],
    };
    outbox.push({ op: 'put-data', values }, 1, true);
    expect(outbox.byteLength).toBeGreaterThan(1 << 20);
    expect(outbox.byteLength).toBeLessThan((1 << 20) + 200);
  });
});
