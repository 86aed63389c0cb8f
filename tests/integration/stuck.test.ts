import { Client } from '@grid/client';
import type { Message } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Gate, passGate } from './support/gate.js';
import { LosingProxy, type Loses } from './support/losing-proxy.js';
import { Program } from './support/program.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const ENV = { GRID_TOKEN: 'a-token-of-this-test-that-is-long-enough-0123456789' };
const WORKER = ['--nthreads', '1', '--no-dashboard', '--print-address-json', '--memory-limit', '1 GiB', '--no-nanny'];

let open: AsyncDisposable[];
let folder: TempFolder;
let proxy: LosingProxy;
let client: Client;
let scheduler: Program;
let http: string;

function opened<T extends AsyncDisposable>(each: T): T {
  open.push(each);
  return each;
}

/** Loses the first message for which this is true, and none after it. */
function first(loses: Loses): Loses {
  let isOver = false;
  return (message) => {
    if (isOver || !loses(message)) return false;
    isOver = true;
    return true;
  };
}

function tells(message: Message, key: string): boolean {
  if (message.op !== 'compute-tasks') return false;
  return Array.from({ length: message.keys.length }, (_, row) => message.keys.at(row)).includes(key);
}

interface Told {
  readonly action: string;
  readonly kind: string;
  readonly key: string | null;
}

/** What the scheduler has found to be stuck, by kind and key, as its events tell. */
async function found(): Promise<string[]> {
  const events = (await client.getEvents('all')).map(({ value }) => value as Told);
  const stuck = events.filter(({ action }) => action === 'stuck');
  return stuck.map(({ kind, key }) => `${kind} ${String(key)}`);
}

beforeEach(async () => {
  open = [];
  folder = new TempFolder();
  const flags = ['--port', '0', '--dashboard-address', '127.0.0.1:0', '--print-address-json'];
  scheduler = opened(Program.binary('scheduler', flags, ENV));
  const identity = await scheduler.firstJson<{ address: string; http: string }>();
  http = identity.http;
  proxy = opened(await LosingProxy.before(identity.address));
  await opened(Program.binary('worker', [proxy.address, ...WORKER], ENV)).firstJson();
  client = opened(await Client.connect(identity.address, { token: ENV.GRID_TOKEN }));
});

afterEach(async () => {
  for (const each of open.reverse()) await each[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('a message that is lost between scheduler and worker', () => {
  it('about a task to compute, with its function: the task is given out anew, and it is told of', async () => {
    proxy.loses = first((message) => tells(message, 'lost-on-the-way'));
    const future = client.submit((x: number) => x + 1, [41], { key: 'lost-on-the-way' });
    expect(await future.result({ timeout: 20_000 })).toBe(42);
    expect(proxy.lost).toEqual(['compute-tasks']);
    expect(await found()).toEqual(['lost-run lost-on-the-way']);
    const line = await scheduler.printed(/a task was waited for that its worker does not know of.*/);
    expect(line[0]).toContain('lost-on-the-way');
    expect(line[0]).toContain('waiting->processing');
    const metrics = await (await fetch(`${http}/metrics`)).text();
    expect(metrics).toMatch(/^grid_scheduler_stuck\{kind="lost-run"\} 1$/m);
  });

  it('about the end of a task: it is computed again', async () => {
    const tally = new Tally(folder.file('tally'));
    proxy.loses = first(({ op }) => op === 'tasks-finished');
    const run = (file: string): string => {
      note(file, 'ran');
      return 'done';
    };
    expect(await client.submit(run, [tally.file], { key: 'told-in-vain' }).result({ timeout: 20_000 })).toBe('done');
    expect(tally.count).toBe(2);
    expect(await found()).toEqual(['lost-run told-in-vain']);
  });

  it('about a task that is not to be computed any more: it is told again, and the slot is free', async () => {
    const gate = new Gate(folder.file('gate'));
    const tally = new Tally(folder.file('tally'));
    const wait = async (file: string, gateFile: string): Promise<string> => {
      note(file, 'runs');
      return passGate(gateFile, 'in vain');
    };
    const unwanted = client.submit(wait, [tally.file, gate.file]);
    await until('it runs', () => tally.count === 1);
    proxy.loses = first(({ op }) => op === 'free-keys');
    await client.cancel([unwanted]);
    await until('it was told again', async () => (await found()).length === 1);
    expect((await found())[0]).toMatch(/^unwanted-run/);
    await until('the worker has nothing to do', async () => {
      const [worker] = Object.values((await client.schedulerInfo()).workers);
      return worker?.metrics.tasks?.['executing'] === 0;
    });
  });
});

describe('a line that loses nothing', () => {
  it('has nothing stuck, however long tasks take', async () => {
    const gate = new Gate(folder.file('gate'));
    const slow = client.submit(passGate, [gate.file, 'slow']);
    const quick = client.map((x: number) => x * x, [1, 2, 3], { pure: false });
    await client.gather(quick, { timeout: 20_000 });
    let beats = 0;
    proxy.loses = ({ op }) => {
      if (op === 'heartbeat') beats += 1;
      return false;
    };
    await until('ten heartbeats have passed', () => beats >= 10);
    expect(await found()).toEqual([]);
    gate.open();
    expect(await slow.result({ timeout: 10_000 })).toBe('slow');
  });
});
