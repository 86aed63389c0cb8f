import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actorInfo, Client, type Actor } from '@grid/client';
import { CommError, TcpTransport, type Comm, type Transport } from '@grid/comm';

import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

class Counter {
  total = 0;

  add(n: number): number {
    this.total += n;
    return this.total;
  }

  fail(): never {
    throw new RangeError('as asked');
  }

  async wait(ms: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  }

  exit(): void {
    process.exit(1);
  }
}

/** Tcp, as it is seen from where some addresses cannot be reached; and its lines, to be cut. */
class PatchyTransport implements Transport {
  readonly #tcp = new TcpTransport();
  readonly scheme = this.#tcp.scheme;
  readonly lines: { readonly address: string; readonly comm: Comm }[] = [];
  isCut: (address: string) => boolean = () => false;

  readonly connect: Transport['connect'] = async (address, options) => {
    if (this.isCut(address)) throw new CommError('GRID_COMM_UNKNOWN_SCHEME', `no way to ${address} from here`);
    const comm = await this.#tcp.connect(address, options);
    this.lines.push({ address, comm });
    return comm;
  };

  readonly listen: Transport['listen'] = async (...args) => this.#tcp.listen(...args);
}

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ nanny: false });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

/** A client that reaches the scheduler, and workers as long as nobody says otherwise. */
async function connect(): Promise<{ client: Client; transport: PatchyTransport }> {
  const transport = new PatchyTransport();
  const { schedulerAddress, token } = rig.cluster;
  return { client: await Client.connect(schedulerAddress, { token, transports: [transport] }), transport };
}

describe('a caller that cannot reach the worker', () => {
  it('calls through the scheduler: results, errors, functions and large values', async () => {
    const { client, transport } = await connect();
    transport.isCut = (address) => address !== rig.cluster.schedulerAddress;
    const counter = await client.submit(Counter, [], { actor: true }).result();
    expect(await Promise.all([counter.add(1), counter.add(2)])).toEqual([1, 3]);
    expect(await counter.total).toBe(3);
    await expect(counter.fail()).rejects.toThrow(new RangeError('as asked'));
    const echo = await client.submit(() => ({ give: (value: unknown) => value }), [], { actor: true }).result();
    const large = new Float64Array(50_000).fill(7);
    expect(await echo.give(large)).toEqual(large);
    expect(transport.lines.every(({ address }) => address === rig.cluster.schedulerAddress)).toBe(true);
    await client.close();
  });

  it('hears that the actor is gone with its thread', async () => {
    const { client, transport } = await connect();
    transport.isCut = (address) => address !== rig.cluster.schedulerAddress;
    const counter = await client.submit(Counter, [], { actor: true }).result();
    await expect(counter.exit()).rejects.toMatchObject({ code: 'GRID_ACTOR_LOST' });
    await client.close();
  });
});

describe('a line that breaks', () => {
  it('fails the calls that were under way, since nobody knows what became of them; later ones open another', async () => {
    const { client, transport } = await connect();
    const counter = await client.submit(Counter, [], { actor: true }).result();
    const { worker } = actorInfo(counter);
    expect(await counter.add(1)).toBe(1);
    const waiting = counter.wait(60_000);
    const outcome = expect(waiting).rejects.toMatchObject({
      code: 'GRID_CLIENT_CALL_LOST',
      message: expect.stringContaining('Counter.wait'),
    });
    for (const { address, comm } of transport.lines) if (address === worker) comm.abort('cut');
    await outcome;
    expect(await counter.add(1)).toBe(2);
    await client.close();
  });

  it('ends with the client: calls under way say so, and none can be made', async () => {
    const { client } = await connect();
    const counter = await client.submit(Counter, [], { actor: true }).result();
    const outcome = expect(counter.wait(60_000)).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    await client.close();
    await outcome;
    expect(() => counter.add(1)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^GRID_CLIENT_/) }));
  });
});

describe('actors of several clients', () => {
  it('are called by handles that came through a queue, and end when the last client lets go', async () => {
    const { client: maker } = await connect();
    const { client: user } = await connect();
    const { Queue } = await import('@grid/client');
    const counter = await maker.submit(Counter, [], { actor: true, key: 'shared-actor' }).result();
    await new Queue<Actor<Counter>>('shared-actors', { client: maker }).put(counter);
    const taken = await new Queue<Actor<Counter>>('shared-actors', { client: user }).get();
    await maker.close();
    expect(await taken.add(2)).toBe(2);
    await user.close();
    await until('it is forgotten', async () => !('shared-actor' in (await rig.client.whoHas())));
  });
});

it('an actor is called in order however many calls there are, and however large', async () => {
  const { client } = await connect();
  const log = await client
    .submit(
      () => {
        const seen: number[] = [];
        return { add: (n: number, _cargo: Uint8Array) => void seen.push(n), seen: () => seen };
      },
      [],
      { actor: true },
    )
    .result();
  const calls = Array.from({ length: 30_000 }, (_, n) => log.add(n, new Uint8Array(n % 1000 === 0 ? 200_000 : 1)));
  await Promise.all(calls);
  expect(await log.seen()).toEqual(calls.map((_, n) => n));
  await client.close();
});

it('a cluster within one process has actors as well', async () => {
  await using rig = await startRig({ nWorkers: 2, processes: false });
  const { client } = rig;
  const counter = await client.submit(Counter, [], { actor: true }).result();
  expect(await Promise.all([counter.add(1), counter.add(2)])).toEqual([1, 3]);
  const use = async (actor: Actor<Counter>): Promise<number> => actor.add(4);
  expect(await client.submit(use, [counter]).result()).toBe(7);
});
