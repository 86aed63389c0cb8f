import type { GridError } from '@grid/common';
import { CommonError, isGridError } from '@grid/common';
import { MessageCodec, type Message } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isRemoteError } from '../errors.js';
import { fromFailure, toFailure } from './failure-message.js';

function overTheWire(error: unknown): GridError {
  const codec = new MessageCodec();
  const [envelope] = codec.decode(codec.encode([{ message: toFailure(error, "'x'"), requestId: 1 }]));
  return fromFailure(envelope?.message as Message & { op: 'failure' });
}

describe('a failure', () => {
  it('keeps the code, the message and the details of an error', () => {
    const details = { size: 3, who: ['a', 'b'], at: { host: 'h', port: 1, open: true, name: null } };
    const error = overTheWire(new CommonError('GRID_COMMON_BAD_SIZE', 'too large', { details }));
    expect(isGridError(error, 'GRID_COMMON_BAD_SIZE')).toBe(true);
    expect(isRemoteError(error)).toBe(true);
    expect([error.message, JSON.stringify(error.details)]).toEqual(['too large', JSON.stringify(details)]);
  });

  it.each([[null], ['text'], [new TypeError('secret')], [{ code: 'GRID_COMMON_TIMEOUT', message: 'secret' }]])(
    'says nothing about what was thrown if that has no code of ours',
    (thrown) => {
      const error = overTheWire(thrown);
      expect(error.code).toBe('GRID_RPC_REQUEST_FAILED');
      expect(JSON.stringify([error.message, error.details])).not.toMatch(/secret|text/);
    },
  );

  it('travels whatever its details are, and stays small', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const odd = fc.oneof(
      fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, withNullPrototype: true }),
      fc.constant(cyclic),
    );
    fc.assert(
      fc.property(odd, fc.string(), (value, text) => {
        const error = overTheWire(
          new CommonError('GRID_COMMON_TIMEOUT', text, { details: { value, list: [value, () => 1] } }),
        );
        expect([error.code, error.message]).toEqual(['GRID_COMMON_TIMEOUT', text]);
      }),
    );
    const large = overTheWire(
      new CommonError('GRID_COMMON_TIMEOUT', 'x'.repeat(1e6), { details: { text: 'y'.repeat(1e6) } }),
    );
    expect(JSON.stringify([large.message, large.details]).length).toBeLessThan(10_000);
  });

  it('takes names of Object.prototype for plain names', () => {
    const details = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "then": 3}') as Record<
      string,
      unknown
    >;
    const error = overTheWire(new CommonError('GRID_COMMON_TIMEOUT', 'x', { details }));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(error.details['constructor']).toBe(2);
  });
});
