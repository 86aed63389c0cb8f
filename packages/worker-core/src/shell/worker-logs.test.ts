import { nullLogger } from '@grid/common';
import { fromLogRows, LOGS_FEATURE, type MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';
import { describe, expect, it } from '@jest/globals';

import { WorkerLogs } from './worker-logs.js';

/** A line to a scheduler, of which `onSend` is told. */
function linkTo(onSend: (message: MessageWith<'logs-written'>) => void, features = [LOGS_FEATURE]): Link {
  const link = { isClosed: false, queuedBytes: 0, peer: { features }, send: onSend };
  return link as unknown as Link;
}

function setUp(): { logs: WorkerLogs; sent: MessageWith<'logs-written'>[]; link: Link } {
  const logs = new WorkerLogs({ now: () => 7 });
  const sent: MessageWith<'logs-written'>[] = [];
  const link = linkTo((message) => sent.push(message));
  logs.open(link);
  return { logs, sent, link };
}

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the log of a worker', () => {
  it('is told in one message for all that is logged in one go, while somebody wants it', async () => {
    const { logs, sent } = setUp();
    const logger = logs.ring.watch(nullLogger);
    logger.info({}, 'before');
    logs.follow('info');
    logger.info({ a: 1 }, 'one');
    logger.warn({}, 'two');
    logger.debug({}, 'no');
    await turn();
    logger.info({}, 'three');
    logs.follow(null);
    logger.info({}, 'after');
    await turn();
    expect(sent.map(({ rows }) => fromLogRows(rows).map(({ text }) => text))).toEqual([['one', 'two'], ['three']]);
    expect(fromLogRows(sent[0]?.rows ?? ({} as never))[0]).toEqual({
      at: 7,
      source: 'info',
      text: 'one',
      fields: '{"a":1}',
    });
  });

  it('is cut where there is too much of it, and says by how much', async () => {
    const { logs, sent, link } = setUp();
    logs.follow('info');
    for (let line = 0; line < 1300; line += 1) logs.ring.add('info', String(line));
    await turn();
    logs.ring.add('info', 'next');
    await turn();
    (link as { queuedBytes: number }).queuedBytes = 1e9;
    logs.ring.add('info', 'never');
    await turn();
    (link as { queuedBytes: number }).queuedBytes = 0;
    logs.ring.add('info', 'last');
    await turn();
    expect(sent.map(({ rows, missed }) => [rows.texts.length, missed])).toEqual([
      [1000, 300],
      [1, 0],
      [1, 1],
    ]);
  });

  it('does not tell of what is logged by the telling', async () => {
    const logs = new WorkerLogs({ now: () => 0 });
    let count = 0;
    logs.open(
      linkTo(() => {
        count += 1;
        logs.ring.add('info', 'sent');
      }),
    );
    logs.follow('debug');
    logs.ring.add('info', 'one');
    await turn();
    await turn();
    expect(count).toBe(1);
    expect(logs.ring.last().map(({ text }) => text)).toEqual(['one', 'sent']);
  });

  it('is not told to a scheduler that does not know of logs', async () => {
    const logs = new WorkerLogs({ now: () => 0 });
    const sent: unknown[] = [];
    logs.open(linkTo((message) => sent.push(message), []));
    logs.follow('info');
    logs.ring.add('info', 'one');
    await turn();
    expect(sent).toEqual([]);
  });
});
