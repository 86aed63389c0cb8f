import { describe, expect, it } from '@jest/globals';
import type { Message } from '@grid/protocol';
import type { Link, MessageRun } from '@grid/rpc';

import { LateLink } from './late-link.js';

class Releases implements MessageRun {
  readonly op = 'release-keys';
  readonly ids: number[] = [];

  finish(): Message {
    return { op: this.op, ids: this.ids };
  }
}

/** A link that writes down what it is told. */
function recorder(): { readonly link: Link; readonly sent: Message[] } {
  const sent: Message[] = [];
  const link = {
    isClosed: false,
    peer: { features: ['uploads'] },
    send: (message: Message) => void sent.push(message),
    request: async (message: Message) => {
      sent.push(message);
      return message;
    },
  };
  return { link: link as unknown as Link, sent };
}

describe('LateLink', () => {
  it('says what was said before it was there first, in order, and rows of one run together', async () => {
    const late = new LateLink();
    late.send({ op: 'retry-keys', ids: [1] });
    for (const id of [2, 3]) late.openRun('release-keys', () => new Releases()).ids.push(id);
    late.send({ op: 'close-client' });
    late.openRun('release-keys', () => new Releases()).ids.push(4);
    const asked = late.request({ op: 'scheduler-info' }, { timeoutMs: 1000 });
    const { link, sent } = recorder();
    late.attach(link);
    await asked;
    expect(sent).toEqual([
      { op: 'retry-keys', ids: [1] },
      { op: 'release-keys', ids: [2, 3] },
      { op: 'close-client' },
      { op: 'release-keys', ids: [4] },
      { op: 'scheduler-info' },
    ]);
    expect(await late.features()).toEqual(['uploads']);
  });

  it('fails what is asked and refuses what is said once it is known that it will not come', async () => {
    const late = new LateLink();
    const asked = late.request({ op: 'scheduler-info' }, { timeoutMs: 1000 });
    const reason = new Error('nobody there');
    late.fail(reason);
    await expect(asked).rejects.toBe(reason);
    expect(late.isClosed).toBe(true);
    expect(() => late.send({ op: 'close-client' })).toThrow(reason);
  });

  it('fails what is asked when it is closed before it is there', async () => {
    const late = new LateLink();
    const asked = late.request({ op: 'scheduler-info' }, { timeoutMs: 1000 });
    await Promise.all([late.close(), expect(asked).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' })]);
  });

  it('keeps a bounded number of messages', () => {
    const late = new LateLink();
    expect(() => {
      for (;;) late.send({ op: 'close-client' });
    }).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_CONNECT_FAILED' }));
  });
});
