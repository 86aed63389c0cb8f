import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CallInbox } from './call-inbox.js';

const NOTHING = { block: new Uint8Array(0), buffers: [] };

function message(line: number, callIds: readonly number[]) {
  const column = callIds.map(() => 0);
  return {
    kind: 'actor-calls' as const,
    line,
    calls: {
      callIds,
      actors: column,
      members: column,
      reads: column,
      names: ['f'],
      args: { ...NOTHING, ends: column },
    },
  };
}

function takeAll(inbox: CallInbox): [line: number, callId: number, isAbandoned: boolean][] {
  const taken: [number, number, boolean][] = [];
  for (let next = inbox.take(); next !== undefined; next = inbox.take())
    taken.push([next.call.line, next.call.callId, next.isAbandoned]);
  return taken;
}

describe('calls that have come', () => {
  it('are taken once each, in the order in which they came', () => {
    const batch = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.nat(), { maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(batch), (batches) => {
        const inbox = new CallInbox();
        for (const [line, callIds] of batches) inbox.add(message(line, callIds));
        const expected = batches.flatMap(([line, callIds]) => callIds.map((callId) => [line, callId, false]));
        expect(takeAll(inbox)).toEqual(expected);
        expect(inbox.isEmpty).toBe(true);
      }),
    );
  });

  it('are marked when they were given up before they were taken, on their own line only', () => {
    const inbox = new CallInbox();
    inbox.add(message(1, [1, 2]));
    inbox.add(message(2, [1, 2]));
    inbox.take();
    inbox.abandon({ kind: 'actor-abandon', line: 1, callIds: [1, 2, 9] });
    expect(takeAll(inbox)).toEqual([
      [1, 2, true],
      [2, 1, false],
      [2, 2, false],
    ]);
  });

  it('are dropped with their line', () => {
    const inbox = new CallInbox();
    inbox.add(message(1, [1, 2]));
    inbox.add(message(2, [3]));
    inbox.take();
    inbox.endLine(1);
    expect(takeAll(inbox)).toEqual([[2, 3, false]]);
  });
});
