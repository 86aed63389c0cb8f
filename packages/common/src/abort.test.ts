import { describe, expect, it } from '@jest/globals';

import { deadlineSignal, raceAbort } from './abort.js';

describe('deadlineSignal', () => {
  it('fires with a code when the time is up', async () => {
    using deadline = deadlineSignal(5, 'waiting');
    await expect(raceAbort(new Promise(() => {}), deadline.signal)).rejects.toMatchObject({
      code: 'GRID_COMMON_TIMEOUT',
      details: { what: 'waiting', ms: 5 },
    });
  });

  it("fires with its parent's reason, also if that fired before", () => {
    const parent = new AbortController();
    using live = deadlineSignal(Infinity, 'waiting', parent.signal);
    const reason = new TypeError('enough');
    parent.abort(reason);
    using late = deadlineSignal(Infinity, 'waiting', parent.signal);
    expect([live.signal.reason, late.signal.reason]).toEqual([reason, reason]);
  });

  it('does not fire once it was disposed', () => {
    const parent = new AbortController();
    const deadline = deadlineSignal(Infinity, 'waiting', parent.signal);
    deadline[Symbol.dispose]();
    parent.abort();
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('raceAbort', () => {
  it('settles as the promise does', async () => {
    const { signal } = new AbortController();
    await expect(raceAbort(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(raceAbort(Promise.reject(new TypeError('no')), signal)).rejects.toThrow('no');
  });

  it('rejects at once if the signal has fired', async () => {
    await expect(raceAbort(Promise.resolve(1), AbortSignal.abort('gone'))).rejects.toBe('gone');
  });
});
