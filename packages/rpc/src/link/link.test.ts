import { CommonError, isGridError } from '@grid/common';
import { MessageCodec, type Message } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeComm } from '../../test/support/fake-comm.js';
import { answerHeartbeat, heartbeat, RecordedHandlers } from '../../test/support/recorded-handlers.js';
import { RecordedLogger } from '../../test/support/recorded-logger.js';
import { failureOf, turns, until } from '../../test/support/until.js';
import { Link } from './link.js';
import { LINK_LIMITS, type LinkLimits } from './link-limits.js';

function closing(reason: string): Message {
  return { op: 'scheduler-closing', reason };
}

class Run {
  readonly op = 'release-worker-data';
  readonly taskIds: number[] = [];

  get byteLength(): number {
    return this.taskIds.length * 8;
  }

  finish(): Message {
    return { op: this.op, taskIds: this.taskIds };
  }
}

describe('Link', () => {
  let comm: FakeComm;
  let logger: RecordedLogger;
  let handlers: RecordedHandlers;

  beforeEach(() => {
    comm = new FakeComm();
    logger = new RecordedLogger();
    handlers = new RecordedHandlers();
  });

  function open(limits: Partial<LinkLimits> = {}, given: RecordedHandlers = handlers): Link {
    handlers = given;
    const peer = { role: 'worker', instanceId: 'w', address: comm.peerAddress, about: {}, features: [] } as const;
    const parts = { comm, received: comm[Symbol.asyncIterator](), codec: new MessageCodec(), logger };
    const link = new Link(peer, { ...LINK_LIMITS, closeTimeoutMs: 50, ...limits }, parts);
    link.start(handlers);
    return link;
  }

  function sentReasons(): (string | undefined)[][] {
    return comm.sent.map((set) =>
      set.map(({ message }) => (message.op === 'scheduler-closing' ? message.reason : undefined)),
    );
  }

  afterEach(() => comm.abort('test over'));

  describe('sending', () => {
    it('sends all messages of one turn as one frame set, after the turn', async () => {
      const link = open();
      link.send(closing('a'));
      await Promise.resolve();
      link.send(closing('b'));
      expect(comm.sent).toHaveLength(0);
      await turns();
      link.send(closing('c'));
      await turns();
      expect(sentReasons()).toEqual([['a', 'b'], ['c']]);
    });

    it('queues while the peer is slow, and sends what came together as one frame set', async () => {
      const link = open();
      comm.isTaking = false;
      link.send(closing('a'));
      await turns();
      link.send(closing('b'));
      await turns();
      link.send(closing('c'));
      await turns();
      expect(sentReasons()).toEqual([['a']]);
      comm.take();
      await turns();
      expect(sentReasons()).toEqual([['a'], ['b', 'c']]);
    });

    it('lets the last run grow while the peer is slow', async () => {
      const link = open();
      comm.isTaking = false;
      link.send(closing('a'));
      await turns();
      for (let row = 0; row < 5; row += 1) {
        link.openRun('release-worker-data', () => new Run()).taskIds.push(row);
        await turns(1);
      }
      comm.take();
      await turns();
      expect(comm.sent[1]?.map(({ message }) => message)).toEqual([
        { op: 'release-worker-data', taskIds: [0, 1, 2, 3, 4] },
      ]);
    });

    it('keeps runs, messages and requests in order', async () => {
      const link = open();
      link.openRun('release-worker-data', () => new Run()).taskIds.push(1);
      link.send(closing('a'));
      link.openRun('release-worker-data', () => new Run()).taskIds.push(2);
      link.openRun('release-worker-data', () => new Run()).taskIds.push(3);
      const reply = link.request(heartbeat(0), { timeoutMs: 1000 });
      await turns();
      expect(comm.sent[0]?.map(({ message: { op } }) => op)).toEqual([
        'release-worker-data',
        'scheduler-closing',
        'release-worker-data',
        'heartbeat',
      ]);
      link.abort('over');
      await failureOf(reply);
    });

    it('gives up a peer that reads nothing once too many messages wait', async () => {
      const link = open({ queuedMessagesMax: 3 });
      comm.isTaking = false;
      link.send(closing('first'));
      await turns();
      for (let at = 0; at < 5; at += 1) link.send(closing('x'));
      expect(link.isClosed).toBe(true);
      await turns();
      expect(handlers.closings).toEqual([expect.objectContaining({ code: 'GRID_RPC_OVERFLOW' })]);
      expect(logger.at('warn')).toHaveLength(1);
      expect(() => link.send(closing('y'))).toThrow(expect.objectContaining({ code: 'GRID_RPC_CLOSED' }));
    });

    it('gives up a peer that reads nothing once too many bytes wait, those of a growing run included', async () => {
      const link = open({ queuedBytesMax: 80 });
      comm.isTaking = false;
      link.send(closing('first'));
      await turns();
      for (let row = 0; row < 12; row += 1)
        if (!link.isClosed) link.openRun('release-worker-data', () => new Run()).taskIds.push(row);
      await turns();
      expect(handlers.closings).toEqual([expect.objectContaining({ code: 'GRID_RPC_OVERFLOW' })]);
    });

    it('takes one message of any size, also behind another one', async () => {
      const link = open({ queuedBytesMax: 80 });
      comm.isTaking = false;
      link.send(closing('first'));
      await turns();
      link.send(closing('x'.repeat(1000)));
      comm.take();
      await turns();
      expect(link.isClosed).toBe(false);
      expect(comm.sent).toHaveLength(2);
    });

    it('ends with the reason if a message cannot be encoded, since that is a bug of this end', async () => {
      const link = open();
      link.send({ op: 'retry-keys' } as unknown as Message);
      await turns();
      expect(handlers.closings).toEqual([
        expect.objectContaining({ code: 'GRID_RPC_HANDLER_FAILED', cause: expect.any(TypeError) }),
      ]);
      expect(logger.at('error')).toHaveLength(1);
    });

    it('refuses at once what the peer would refuse, and goes on', async () => {
      const tooLong = 'k'.repeat(100_000);
      const row = { server: '', key: tooLong, from: '', to: '', stimulusId: '', at: 0 };
      const link = open({}, new RecordedHandlers(async () => ({ op: 'story-reply', rows: [row] })));
      const refusal = expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_MESSAGE' });
      expect(() => link.send({ op: 'not-a-message' } as unknown as Message)).toThrow(
        expect.objectContaining({ code: 'GRID_PROTOCOL_UNKNOWN_MESSAGE' }),
      );
      await expect(link.request({ op: 'story', keys: [tooLong] }, { timeoutMs: 5000 })).rejects.toThrow(refusal);
      comm.receive([{ message: { op: 'story', keys: [] }, requestId: 7 }]);
      await until(() => comm.sent.length > 0, 'the reply');
      expect(comm.sent.flat().at(-1)).toEqual({
        message: expect.objectContaining({ op: 'failure', code: 'GRID_PROTOCOL_BAD_MESSAGE' }),
        requestId: 7,
      });
      expect(link.isClosed).toBe(false);
    });

    it('loses nothing but the message that is larger than any line takes', async () => {
      const huge = { body: new Uint8Array(1), buffers: new Array<Uint8Array>(70_000).fill(new Uint8Array(5000)) };
      const values = { taskIds: [1], keys: { length: 1, at: () => 'k' }, payloads: [huge] };
      const link = open({}, new RecordedHandlers(async () => ({ op: 'get-data-reply', status: 'ok', values })));
      const failure = failureOf(link.request({ op: 'put-data', values }, { timeoutMs: 5000 }));
      link.send(closing('a'));
      comm.receive([{ message: { op: 'get-data', taskIds: [1], requester: '' }, requestId: 4 }]);
      expect(await failure).toMatchObject({ code: 'GRID_RPC_TOO_LARGE' });
      await until(() => comm.sent.length > 1, 'the reply');
      expect(comm.sent.flat()).toEqual([
        { message: closing('a'), requestId: 0 },
        { message: expect.objectContaining({ op: 'failure', code: 'GRID_RPC_TOO_LARGE' }), requestId: 4 },
      ]);
      expect(link.isClosed).toBe(false);
    });

    it('ends when the line breaks, with that as the cause', async () => {
      const link = open();
      comm.isTaking = false;
      link.send(closing('a'));
      await turns();
      comm.refuse();
      await turns();
      expect(handlers.closings).toEqual([
        expect.objectContaining({
          code: 'GRID_RPC_CLOSED',
          cause: expect.objectContaining({ code: 'GRID_COMM_RESET' }),
        }),
      ]);
    });
  });

  describe('receiving', () => {
    it('hands out messages in order, in the turn in which they came', async () => {
      open();
      await turns();
      comm.receive(['a', 'b', 'c'].map((reason) => ({ message: closing(reason), requestId: 0 })));
      await until(() => handlers.messages.length > 0, 'the first message');
      expect(handlers.messages).toEqual(['a', 'b', 'c'].map(closing));
    });

    it('hands out nothing before whoever opened it could look at it', async () => {
      comm.receive([{ message: closing('a'), requestId: 0 }]);
      open();
      for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
      expect(handlers.messages).toHaveLength(0);
      await until(() => handlers.messages.length > 0, 'the first message');
    });

    it('answers a whole batch of requests with one frame set', async () => {
      open();
      comm.receive([1, 2, 3].map((requestId) => ({ message: heartbeat(requestId), requestId })));
      await until(() => comm.sent.length > 0, 'the replies');
      expect(comm.sent).toHaveLength(1);
      expect(comm.sent[0]?.map(({ requestId, message }) => [requestId, (message as { now?: number }).now])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    });

    it('goes on handing out nothing once a handler has given the link up', async () => {
      const link = open();
      handlers.onMessage = (message) => {
        handlers.messages.push(message);
        link.abort('enough');
      };
      comm.receive([1, 2, 3].map((at) => ({ message: closing(String(at)), requestId: 0 })));
      await turns();
      expect(handlers.messages).toHaveLength(1);
      expect(handlers.closings).toHaveLength(1);
    });

    it('ends when a message handler throws, and says so', async () => {
      open();
      handlers.onMessage = () => {
        throw new CommonError('GRID_COMMON_BAD_SIZE', 'a bug');
      };
      comm.receive([{ message: closing('a'), requestId: 0 }]);
      await turns();
      expect(handlers.closings).toEqual([
        expect.objectContaining({
          code: 'GRID_RPC_HANDLER_FAILED',
          cause: expect.objectContaining({ code: 'GRID_COMMON_BAD_SIZE' }),
        }),
      ]);
    });

    it('passes over keep-alive', async () => {
      open();
      comm.receive([{ message: { op: 'keep-alive' }, requestId: 0 }]);
      await turns();
      expect([handlers.messages, handlers.closings]).toEqual([[], []]);
    });

    it.each<[string, Message, number]>([
      ['a reply that was never asked for', { op: 'heartbeat-reply', status: 'ok', intervalMs: 1, now: 1 }, 7],
      ['a reply without a number', { op: 'heartbeat-reply', status: 'ok', intervalMs: 1, now: 1 }, 0],
      ['a failure of nothing', { op: 'failure', code: 'GRID_X', message: '', details: {} }, 7],
      ['a request without a number', heartbeat(1), 0],
      ['a message with a number', closing('a'), 3],
      ['a second handshake', { op: 'welcome' }, 0],
      ['a refusal after the handshake', { op: 'refusal', code: 'GRID_X', message: '', details: {} }, 0],
    ])('gives up a peer that sends %s', async (_, message, requestId) => {
      open();
      comm.receive([{ message, requestId }]);
      await turns();
      expect(handlers.closings).toEqual([expect.objectContaining({ code: 'GRID_RPC_BAD_PEER' })]);
      expect(logger.at('warn')).toHaveLength(1);
      expect([handlers.messages, handlers.requests]).toEqual([[], []]);
    });

    it.each<[string, readonly Uint8Array[]]>([
      ['no MessagePack', [Uint8Array.from([0xc1, 1, 2, 3])]],
      ['an unknown message', [Uint8Array.from([0x91, 0x92, 0x7f, 0])]],
      ['a message with wrong fields', [Uint8Array.from([0x91, 0x93, 103, 0, 0xc3])]],
      ['no frame at all', []],
      ['an empty frame', [new Uint8Array()]],
    ])('gives up a peer that sends %s, with the code that says why', async (_, frames) => {
      const link = open();
      const reply = failureOf(link.request(heartbeat(1), { timeoutMs: 1000 }));
      comm.receiveFrames(frames);
      await turns();
      expect(handlers.closings).toEqual([
        expect.objectContaining({
          code: 'GRID_RPC_BAD_PEER',
          details: expect.objectContaining({ code: expect.stringMatching(/^GRID_PROTOCOL_/) }),
        }),
      ]);
      expect(comm.abortReason).toBeDefined();
      expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
      expect(await reply).toMatchObject({ code: 'GRID_RPC_CLOSED' });
    });
  });

  describe('requests', () => {
    it('brings replies to who asked, in whatever order they come', async () => {
      const link = open();
      const replies = [10, 20].map((now) => link.request(heartbeat(now), { timeoutMs: 1000 }));
      await turns();
      const asked = comm.sent[0] ?? [];
      for (const { requestId, message } of [...asked].reverse())
        comm.receive([{ message: await answerHeartbeat(message), requestId }]);
      expect((await Promise.all(replies)).map(({ now }) => now)).toEqual([10, 20]);
    });

    it('fails with the code of the peer', async () => {
      const link = open();
      const reply = failureOf(link.request(heartbeat(1), { timeoutMs: 1000 }));
      comm.receive([
        { message: { op: 'failure', code: 'GRID_WORKER_BUSY', message: 'no', details: { at: 3 } }, requestId: 1 },
      ]);
      const error = await reply;
      expect(isGridError(error, 'GRID_WORKER_BUSY')).toBe(true);
      expect(error).toMatchObject({ message: 'no', details: { at: 3 } });
      expect(link.isClosed).toBe(false);
    });

    it('fails at the deadline, and drops the reply that comes later', async () => {
      const link = open();
      expect(await failureOf(link.request(heartbeat(1), { timeoutMs: 5 }))).toMatchObject({ code: 'GRID_RPC_TIMEOUT' });
      comm.receive([{ message: await answerHeartbeat(heartbeat(1)), requestId: 1 }]);
      await turns();
      expect(link.isClosed).toBe(false);
    });

    it('ends with the reason of its signal, before and during the wait', async () => {
      const link = open();
      const controller = new AbortController();
      const reply = failureOf(link.request(heartbeat(1), { timeoutMs: 1000, signal: controller.signal }));
      const why = new CommonError('GRID_COMMON_TIMEOUT', 'changed my mind');
      controller.abort(why);
      expect(await reply).toBe(why);
      await turns();
      const sent = comm.sent.length;
      expect(await failureOf(link.request(heartbeat(1), { timeoutMs: 1000, signal: controller.signal }))).toBe(why);
      await turns();
      expect(comm.sent).toHaveLength(sent);
    });

    it('gives up a peer that answers with another word', async () => {
      const link = open();
      const reply = failureOf(link.request(heartbeat(1), { timeoutMs: 1000 }));
      comm.receive([{ message: { op: 'put-data-reply' }, requestId: 1 }]);
      expect(await reply).toMatchObject({
        code: 'GRID_RPC_CLOSED',
        cause: expect.objectContaining({ code: 'GRID_RPC_BAD_PEER' }),
      });
    });

    it('sends a handler that fails without a code as a failure without its text', async () => {
      open(
        {},
        new RecordedHandlers(async () => {
          throw new TypeError('secret');
        }),
      );
      comm.receive([{ message: heartbeat(1), requestId: 9 }]);
      await until(() => comm.sent.length > 0, 'the failure');
      expect(comm.sent[0]?.[0]).toMatchObject({
        requestId: 9,
        message: { op: 'failure', code: 'GRID_RPC_REQUEST_FAILED' },
      });
      expect(JSON.stringify(comm.sent)).not.toContain('secret');
      expect(logger.at('error')).toHaveLength(1);
    });

    it('takes a handler that throws at once like one that rejects', async () => {
      open(
        {},
        new RecordedHandlers(() => {
          throw new CommonError('GRID_COMMON_BAD_SIZE', 'no');
        }),
      );
      comm.receive([{ message: heartbeat(1), requestId: 9 }]);
      await until(() => comm.sent.length > 0, 'the failure');
      expect(comm.sent[0]?.[0]).toMatchObject({ message: { op: 'failure', code: 'GRID_COMMON_BAD_SIZE' } });
    });

    it('never sends a reply that does not belong to the request', async () => {
      open({}, new RecordedHandlers(async () => ({ op: 'put-data-reply' })));
      comm.receive([{ message: heartbeat(1), requestId: 9 }]);
      await until(() => comm.sent.length > 0, 'the failure');
      expect(comm.sent[0]?.[0]).toMatchObject({ message: { op: 'failure', code: 'GRID_RPC_HANDLER_FAILED' } });
    });

    it('refuses requests beyond its bound, until others are answered', async () => {
      const waiting: (() => void)[] = [];
      open(
        { incomingRequestsMax: 2 },
        new RecordedHandlers(async (request) => {
          await new Promise<void>((resolve) => waiting.push(resolve));
          return answerHeartbeat(request);
        }),
      );
      comm.receive([1, 2, 3].map((requestId) => ({ message: heartbeat(requestId), requestId })));
      await until(() => comm.sent.length > 0, 'the refusal');
      expect(comm.sent[0]).toMatchObject([{ requestId: 3, message: { op: 'failure', code: 'GRID_RPC_BUSY' } }]);
      waiting.forEach((go) => go());
      await until(() => comm.sent.length > 1, 'the replies');
      comm.receive([{ message: heartbeat(4), requestId: 4 }]);
      await until(() => waiting.length === 3, 'the fourth request');
      waiting[2]?.();
    });
  });

  describe('closing', () => {
    it('sends what is queued, then closes, and tells its owner once', async () => {
      const link = open();
      link.send(closing('last'));
      await Promise.all([link.close(), link.close()]);
      expect(sentReasons()).toEqual([['last']]);
      expect(comm.closes).toBe(1);
      await turns();
      expect(handlers.closings).toEqual([undefined]);
      link.abort('late');
      await turns();
      expect(handlers.closings).toHaveLength(1);
    });

    it('waits for the frame set on its way before it sends the rest', async () => {
      const link = open();
      comm.isTaking = false;
      link.send(closing('a'));
      await turns();
      link.send(closing('b'));
      const closed = link.close();
      comm.isTaking = true;
      comm.take();
      await closed;
      expect(sentReasons()).toEqual([['a'], ['b']]);
    });

    it('is bounded in time if the peer takes nothing', async () => {
      const link = open({ closeTimeoutMs: 20 });
      comm.isTaking = false;
      link.send(closing('a'));
      await turns();
      await link.close();
      expect(comm.closes).toBe(1);
    });

    it('takes nothing any more once it is closing', async () => {
      const link = open();
      const closed = link.close();
      expect(link.isClosed).toBe(true);
      expect(() => link.send(closing('a'))).toThrow(expect.objectContaining({ code: 'GRID_RPC_CLOSED' }));
      expect(() => link.openRun('release-worker-data', () => new Run())).toThrow(
        expect.objectContaining({ code: 'GRID_RPC_CLOSED' }),
      );
      expect(await failureOf(link.request(heartbeat(1), { timeoutMs: 10 }))).toMatchObject({ code: 'GRID_RPC_CLOSED' });
      await closed;
    });

    it('fails requests that wait when the peer closes in order', async () => {
      const link = open();
      const reply = failureOf(link.request(heartbeat(1), { timeoutMs: 1000 }));
      await turns();
      comm.end();
      expect(await reply).toMatchObject({ code: 'GRID_RPC_CLOSED' });
      expect(handlers.closings).toEqual([undefined]);
      expect(link.isClosed).toBe(true);
    });

    it('tells its owner after the call that ends it, not within', async () => {
      const link = open();
      link.abort(new CommonError('GRID_COMMON_TIMEOUT', 'why'));
      expect(handlers.closings).toHaveLength(0);
      await turns();
      expect(handlers.closings).toEqual([
        expect.objectContaining({
          code: 'GRID_RPC_CLOSED',
          cause: expect.objectContaining({ code: 'GRID_COMMON_TIMEOUT' }),
        }),
      ]);
    });

    it('drops the answer to a request whose asker is gone', async () => {
      let go = (): void => {};
      open(
        {},
        new RecordedHandlers(async (request) => {
          await new Promise<void>((resolve) => (go = resolve));
          return answerHeartbeat(request);
        }),
      );
      comm.receive([{ message: heartbeat(1), requestId: 1 }]);
      await turns();
      comm.end();
      await turns();
      go();
      await turns();
      expect(comm.sent).toHaveLength(0);
    });
  });
});
