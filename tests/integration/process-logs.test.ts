import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type LogRecord, type WorkerLogRecord } from '@grid/client';
import { getTask } from '@grid/client/task';
import { nullLogger, type LogFields, type Logger } from '@grid/common';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ nWorkers: 2 });
});

afterAll(async () => rig[Symbol.asyncDispose]());

/** Has tasks of both workers log something. */
async function say(client: Client, text: string, level: 'debug' | 'info' | 'warn' | 'error'): Promise<void> {
  const speak = (words: string, how: typeof level): void => getTask()?.log(words, how);
  await client.gather(
    Array.from(rig.cluster.workers.values(), ({ address }) =>
      client.submit(speak, [text, level], { workers: address, pure: false }),
    ),
  );
}

const textsOf = (records: readonly LogRecord[] | undefined): string[] => (records ?? []).map(({ text }) => text);

describe('the logs of processes', () => {
  it('are those of the scheduler, with facts', async () => {
    const records = await rig.client.getSchedulerLogs();
    const joined = records.filter(({ text }) => text === 'worker joined');
    const names = joined.map(({ fields }) => fields['worker']);
    expect(names.toSorted()).toEqual(['0', '1']);
    expect(records.every(({ at }, row) => at >= (records[row - 1]?.at ?? 0))).toBe(true);
    expect(await rig.client.getSchedulerLogs(1)).toEqual(records.slice(-1));
  });

  it('are those of workers, of some or all, the last ones', async () => {
    await say(rig.client, 'the first', 'warn');
    await say(rig.client, 'the second', 'error');
    const logs = await rig.client.getWorkerLogs();
    const addresses = Array.from(rig.cluster.workers.values(), ({ address }) => address);
    expect(Object.keys(logs).toSorted()).toEqual(addresses.toSorted());
    for (const records of Object.values(logs)) expect(textsOf(records).slice(-2)).toEqual(['the first', 'the second']);
    const [address = ''] = addresses;
    const some = await rig.client.getWorkerLogs({ workers: address, n: 1 });
    expect(some).toEqual({ [address]: [expect.objectContaining({ source: 'error', text: 'the second' })] });
  });

  it('are those of nannies, also of what a worker has printed that is gone', async () => {
    await using own = await startRig({ nWorkers: 1 });
    const [before] = own.cluster.workers.values();
    const pid = before?.pid ?? 0;
    await own.client.submit(() => console.log('these are my last words'), []).result();
    const ofNanny = async (): Promise<LogRecord[]> =>
      Object.values(await own.client.getWorkerLogs({ nanny: true })).flat();
    await until('they are heard', async () => textsOf(await ofNanny()).includes('these are my last words'));
    process.kill(pid, 'SIGKILL');
    await until('another one is there', () => [...own.cluster.workers.values()].some((worker) => worker.pid !== pid));
    await own.client.waitForWorkers(1);
    const records = await ofNanny();
    expect(records).toContainEqual(expect.objectContaining({ source: 'stdout', text: 'these are my last words' }));
    const end = records.find(({ text }) => text === 'the worker has ended');
    expect(end).toMatchObject({ source: 'warn', fields: { cause: 'signal', signal: 'SIGKILL' } });
  });

  it('say where there is none', async () => {
    await using own = await startRig({ nWorkers: 1, nanny: false });
    const [records] = Object.values(await own.client.getWorkerLogs({ nanny: true }));
    expect(textsOf(records)).toEqual(['there is no log: it has no nanny']);
    expect(await rejection(rig.client.getWorkerLogs({ workers: 'nobody' }))).toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_WORKER',
    });
    for (const n of [0, -1, 1.5, Number.NaN])
      expect(await rejection(rig.client.getSchedulerLogs(n))).toMatchObject({ code: 'GRID_CLIENT_BAD_OPTION' });
    await own.client.close();
    for (const asked of [own.client.getWorkerLogs(), own.client.getSchedulerLogs(), own.client.forwardLogging()])
      expect(await rejection(asked)).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
  });
});

describe('forwarded logging', () => {
  it('brings what workers log, from a level on, until it is ended', async () => {
    const heard: WorkerLogRecord[] = [];
    const forwarding = await rig.client.forwardLogging({ level: 'warn', write: (record) => heard.push(record) });
    await say(rig.client, 'a', 'info');
    await say(rig.client, 'b', 'warn');
    expect(textsOf(heard)).toEqual(['b', 'b']);
    const addresses = Array.from(rig.cluster.workers.values(), ({ address }) => address);
    expect(heard.map(({ worker }) => worker).toSorted()).toEqual(addresses.toSorted());
    forwarding.unsubscribe();
    forwarding.unsubscribe();
    const again: WorkerLogRecord[] = [];
    using _second = await rig.client.forwardLogging({ level: 'debug', write: (record) => again.push(record) });
    await say(rig.client, 'c', 'debug');
    expect(textsOf(again).filter((text) => text === 'c')).toHaveLength(2);
    expect(heard).toHaveLength(2);
  });

  it('is of each client what that one wants, of these workers', async () => {
    await using other = await Client.connect(rig.cluster);
    const [address = ''] = Array.from(rig.cluster.workers.values(), (worker) => worker.address);
    const [mine, theirs]: [WorkerLogRecord[], WorkerLogRecord[]] = [[], []];
    await rig.client.forwardLogging({ level: 'error', write: (record) => mine.push(record) });
    await other.forwardLogging({ workers: address, write: (record) => theirs.push(record) });
    await say(rig.client, 'x', 'info');
    await say(rig.client, 'y', 'error');
    await until('all is heard', () => mine.length === 2 && textsOf(theirs).includes('y'));
    expect(textsOf(mine)).toEqual(['y', 'y']);
    expect(theirs.map(({ text, worker }) => [text, worker])).toEqual([
      ['x', address],
      ['y', address],
    ]);
    rig.client.unforwardLogging();
    await say(rig.client, 'z', 'error');
    await until('the other one hears on', () => textsOf(theirs).includes('z'));
    expect(mine).toHaveLength(2);
  });

  it('goes to the logger of the client, also from workers that come later', async () => {
    const lines: [LogFields, string][] = [];
    const logger: Logger = { ...nullLogger, warn: (fields, text) => void lines.push([fields, text]) };
    await using own = await startRig({ nWorkers: 1 });
    await using client = await Client.connect(own.cluster, { logger });
    await client.forwardLogging();
    await own.cluster.scale(2);
    const address = own.cluster.workers.get('1')?.address ?? '';
    const speak = (): void => getTask()?.log('here I am', 'warn');
    await client.submit(speak, [], { workers: address }).result();
    expect(lines).toEqual([[expect.objectContaining({ worker: address }), 'here I am']]);
  });

  it('has a level that there is', async () => {
    const options = { level: 'loud' } as unknown as { readonly level: 'warn' };
    expect(await rejection(rig.client.forwardLogging(options))).toMatchObject({ code: 'GRID_CLIENT_BAD_OPTION' });
  });
});
