import { createDeferred, type Address, type Deferred } from '@grid/common';
import type { Message } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { RpcError } from '../src/errors.js';
import { ConnectionPool } from '../src/pool/connection-pool.js';
import type { PoolOptions } from '../src/pool/pool-options.js';
import type { RpcServer } from '../src/server/rpc-server.js';
import { answerHeartbeat, heartbeat, RecordedHandlers } from './support/recorded-handlers.js';
import { identity, RpcRig, TOKEN } from './support/rpc-rig.js';
import { failureOf, turns, until } from './support/until.js';

const SOON = { timeoutMs: 3000 };

describe.each(['tcp', 'inproc'] as const)('a connection pool over %s', (scheme) => {
  let rig: RpcRig;
  let pool: ConnectionPool;
  let server: RpcServer;
  let address: Address;
  /** Requests that the server has been asked and has not answered, by their number. */
  let asked: Map<number, Deferred<void>>;

  beforeEach(async () => {
    rig = new RpcRig(scheme);
    asked = new Map();
    pool = open();
    server = rig.server({}, () => new RecordedHandlers(answerWhenTold));
    address = await server.listen(rig.anyAddress);
  });

  afterEach(async () => {
    await pool.close();
    await rig.close();
  });

  function open(options: Partial<PoolOptions> = {}): ConnectionPool {
    return new ConnectionPool(
      { token: TOKEN, local: identity('worker'), ...options },
      { transports: rig.transports, logger: rig.logger },
    );
  }

  /** Numbers from 100 on are answered when the test says so, all others at once. */
  async function answerWhenTold(request: Message): Promise<Message> {
    const number = request.op === 'heartbeat' ? request.now : 0;
    if (number >= 100) {
      const gate = createDeferred<void>();
      asked.set(number, gate);
      await gate.promise;
    }
    return answerHeartbeat(request);
  }

  async function release(number: number): Promise<void> {
    await until(() => asked.has(number), `request ${number}`);
    asked.get(number)?.resolve();
    asked.delete(number);
  }

  it('uses one link again and again', async () => {
    for (let now = 0; now < 5; now += 1) expect((await pool.request(address, heartbeat(now), SOON)).now).toBe(now);
    expect([pool.size, rig.accepted.length]).toEqual([1, 1]);
  });

  it('gives every request a link of its own, up to its bound, and lets the others wait in turn', async () => {
    pool = open({ perAddressMax: 2 });
    const order: number[] = [];
    const replies = [100, 101, 102, 103].map((now) =>
      pool.request(address, heartbeat(now), SOON).then((reply) => order.push(reply.now)),
    );
    await until(() => asked.size === 2, 'two requests');
    await turns(20);
    expect([[...asked.keys()], pool.size]).toEqual([[100, 101], 2]);
    await release(101);
    await until(() => asked.has(102), 'the third request');
    await release(102);
    await release(103);
    await release(100);
    await Promise.all(replies);
    expect(order).toEqual([101, 102, 103, 100]);
    expect(rig.accepted).toHaveLength(2);
  });

  it('lets a request wait no longer than its deadline, and its link serve the next one', async () => {
    pool = open({ perAddressMax: 1 });
    const first = pool.request(address, heartbeat(100), SOON);
    await until(() => asked.has(100), 'the first request');
    const second = failureOf(pool.request(address, heartbeat(101), { timeoutMs: 20 }));
    const third = pool.request(address, heartbeat(3), SOON);
    expect(await second).toMatchObject({ code: 'GRID_RPC_TIMEOUT' });
    await release(100);
    expect([(await first).now, (await third).now]).toEqual([100, 3]);
    expect(asked.has(101)).toBe(false);
  });

  it('does not use a link again whose reply may still be coming', async () => {
    pool = open({ perAddressMax: 1 });
    expect(await failureOf(pool.request(address, heartbeat(100), { timeoutMs: 30 }))).toMatchObject({
      code: 'GRID_RPC_TIMEOUT',
    });
    const controller = new AbortController();
    const second = failureOf(pool.request(address, heartbeat(101), { ...SOON, signal: controller.signal }));
    await until(() => asked.has(101), 'the second request');
    controller.abort('enough');
    expect(await second).toBe('enough');
    expect((await pool.request(address, heartbeat(3), SOON)).now).toBe(3);
    expect(rig.accepted).toHaveLength(3);
    await until(() => server.links.size === 1, 'the end of the other two');
  });

  it('keeps a link whose peer answered with a failure', async () => {
    const failing = await rig
      .server({}, () => new RecordedHandlers(async () => Promise.reject(new RpcError('GRID_RPC_ROLE', 'not you'))))
      .listen(rig.anyAddress);
    for (let time = 0; time < 3; time += 1)
      expect(await failureOf(pool.request(failing, heartbeat(1), SOON))).toMatchObject({ code: 'GRID_RPC_ROLE' });
    expect(rig.accepted).toHaveLength(1);
  });

  it('closes links that have been idle for long', async () => {
    pool = open({ idleTimeoutMs: 40 });
    await pool.request(address, heartbeat(1), SOON);
    const busy = pool.request(address, heartbeat(100), SOON);
    const other = pool.request(address, heartbeat(2), SOON);
    await other;
    await until(() => pool.size === 1, 'the end of the idle link');
    await release(100);
    expect((await busy).now).toBe(100);
    await until(() => pool.size === 0 && server.links.size === 0, 'the end of the other link');
  });

  it('makes room for another address by closing what has been idle longest', async () => {
    pool = open({ totalMax: 2 });
    const others = [await server.listen(rig.anyAddress), await server.listen(rig.anyAddress)];
    for (const to of [address, ...others]) await pool.request(to, heartbeat(1), SOON);
    expect(pool.size).toBe(2);
    await until(() => server.links.size === 2, 'the end of the first link');
    // The first address has lost its link, the other two have kept theirs.
    for (const to of others) await pool.request(to, heartbeat(1), SOON);
    expect(rig.accepted).toHaveLength(3);
  });

  it('lets an address wait while all links are busy with others', async () => {
    pool = open({ totalMax: 1 });
    const other = await server.listen(rig.anyAddress);
    const first = pool.request(address, heartbeat(100), SOON);
    await until(() => asked.has(100), 'the first request');
    const second = pool.request(other, heartbeat(2), SOON);
    const third = pool.request(address, heartbeat(3), SOON);
    await turns(20);
    expect(rig.accepted).toHaveLength(1);
    await release(100);
    expect([(await first).now, (await second).now, (await third).now]).toEqual([100, 2, 3]);
  });

  it('ends all that goes on with a peer that is gone, and starts afresh with the next one there', async () => {
    pool = open({ perAddressMax: 1 });
    const failures = [100, 101].map((now) => failureOf(pool.request(address, heartbeat(now), SOON)));
    await until(() => asked.has(100), 'the first request');
    const why = new RpcError('GRID_RPC_CLOSED', 'the worker is gone');
    pool.remove(address, why);
    const next = pool.request(address, heartbeat(3), SOON);
    for (const failure of failures) expect(await failure).toMatchObject({ code: 'GRID_RPC_CLOSED' });
    expect((await next).now).toBe(3);
    expect(pool.size).toBe(1);
  });

  it('starts afresh also where a link was only being opened', async () => {
    const first = failureOf(pool.request(address, heartbeat(1), SOON));
    pool.remove(address, 'gone');
    expect((await pool.request(address, heartbeat(2), SOON)).now).toBe(2);
    expect(await first).toMatchObject({ code: 'GRID_RPC_CLOSED' });
  });

  it('forgets links that the peer closes', async () => {
    await pool.request(address, heartbeat(1), SOON);
    await Promise.all([...server.links].map((link) => link.close()));
    await until(() => pool.size === 0, 'the end of the link');
    expect((await pool.request(address, heartbeat(2), SOON)).now).toBe(2);
  });

  it('fails all that wait when nobody is there', async () => {
    pool = open({ connectTimeoutMs: 50 });
    await server.close();
    const failures = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((now) => failureOf(pool.request(address, heartbeat(now), SOON))),
    );
    for (const failure of failures)
      expect(failure).toMatchObject({ code: expect.stringMatching(/^GRID_(COMM_CONNECT_FAILED|RPC_TIMEOUT)$/) });
    expect(pool.size).toBe(0);
  });

  it('fails with the code of a refused handshake', async () => {
    const stranger = new ConnectionPool({ token: 'wrong', local: identity('worker') }, { transports: rig.transports });
    expect(await failureOf(stranger.request(address, heartbeat(1), SOON))).toMatchObject({
      code: 'GRID_RPC_UNAUTHENTICATED',
    });
    await stranger.close();
  });

  it('refuses more waiting requests than its bound', async () => {
    pool = open({ perAddressMax: 1, waitersMax: 1 });
    const first = pool.request(address, heartbeat(100), SOON);
    await until(() => asked.has(100), 'the first request');
    const second = pool.request(address, heartbeat(2), SOON);
    expect(await failureOf(pool.request(address, heartbeat(3), SOON))).toMatchObject({ code: 'GRID_RPC_BUSY' });
    await release(100);
    await Promise.all([first, second]);
  });

  it('fails what is under way and what waits when it closes, and takes no more', async () => {
    pool = open({ perAddressMax: 1 });
    const failures = [100, 101].map((now) => failureOf(pool.request(address, heartbeat(now), SOON)));
    await until(() => asked.has(100), 'the first request');
    await Promise.all([pool.close(), pool.close()]);
    for (const failure of [...failures, failureOf(pool.request(address, heartbeat(1), SOON))]) {
      expect(await failure).toMatchObject({ code: 'GRID_RPC_CLOSED' });
    }
    await until(() => server.links.size === 0, 'the end of all links');
  });

  it('gives up a peer that uses a line for replies as a stream', async () => {
    await pool.request(address, heartbeat(1), SOON);
    rig.accepted[0]?.send({ op: 'scheduler-closing', reason: '' });
    await until(() => server.links.size === 0, 'the end of the link');
    expect(await failureOf(rig.accepted[0]?.request(heartbeat(1), SOON) ?? Promise.resolve())).toMatchObject({
      code: 'GRID_RPC_CLOSED',
    });
  });
});
