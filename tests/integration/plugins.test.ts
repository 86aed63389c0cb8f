import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Client,
  importPlugin,
  Topic,
  type ClientPlugin,
  type NannyPlugin,
  type PluginNanny,
  type PluginScheduler,
  type PluginWorker,
  type SchedulerPlugin,
  type WorkerPlugin,
} from '@grid/client';
import { getTask, getWorker } from '@grid/client/task';

import { Gate, passGate } from './support/gate.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

import { readFileSync, writeFileSync } from 'node:fs';

/** Lets tasks see what it was made with, and who set it up. */
class Greeter implements WorkerPlugin {
  readonly kind = 'worker';
  readonly name = 'greeter';
  address = '';
  calls = 0;

  constructor(readonly word: string) {}

  async setup(worker: PluginWorker): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.address = worker.address;
  }

  greet(who: string): string {
    this.calls += 1;
    return `${this.word} ${who}`;
  }
}

interface Plugins {
  readonly greeter: Greeter;
}

function greet(who: string): string {
  return getWorker<Plugins>().plugins.greeter.greet(who);
}

let rig: Rig;
let folder: TempFolder;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = new TempFolder();
});

afterEach(() => folder[Symbol.dispose]());

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

describe('a plugin of workers', () => {
  afterEach(async () => {
    await rig.client.unregisterPlugin('greeter').catch(() => {});
  });

  it('is reached by tasks, in whichever thread they run', async () => {
    expect(await rig.client.registerPlugin(new Greeter('hello'))).toEqual({
      kind: 'worker',
      name: 'greeter',
      isKept: false,
      count: 2,
    });
    const futures = rig.client.map(greet, ['a', 'b', 'c', 'd'], { pure: false });
    expect(await rig.client.gather(futures)).toEqual(['hello a', 'hello b', 'hello c', 'hello d']);
    const places = await rig.client.run(() => getWorker<Plugins>().plugins.greeter.address);
    for (const [worker, address] of Object.entries(places)) expect(address).toBe(worker);
  });

  it('is there for tasks of workers that come later, and of threads that take the place of others', async () => {
    await rig.client.registerPlugin(new Greeter('hi'));
    await rig.cluster.scale(3);
    await rig.client.waitForWorkers(3);
    expect(Object.values(await rig.client.run(greet, ['you']))).toEqual(['hi you', 'hi you', 'hi you']);
    const stuck = rig.client.submit(
      () => {
        for (;;);
      },
      [],
      { pure: false, timeout: '200ms' },
    );
    await stuck.exception();
    const all = rig.client.map(greet, ['1', '2', '3', '4', '5', '6'], { pure: false });
    expect(new Set(await rig.client.gather(all))).toEqual(new Set([1, 2, 3, 4, 5, 6].map((n) => `hi ${String(n)}`)));
    await rig.cluster.scale(2);
  });

  it('takes the place of one of the same name, unless it is idempotent', async () => {
    await rig.client.registerPlugin(new Greeter('one'));
    expect(await rig.client.registerPlugin(new Greeter('two'), { idempotent: true })).toMatchObject({ isKept: true });
    expect(await rig.client.submit(greet, ['x'], { pure: false }).result()).toBe('one x');
    await rig.client.registerPlugin(new Greeter('two'));
    expect(await rig.client.submit(greet, ['x'], { pure: false }).result()).toBe('two x');
  });

  it('is torn down when it is unregistered, once, and not found any more', async () => {
    const file = folder.file('log');
    writeFileSync(file, '');
    const plugin: WorkerPlugin = {
      kind: 'worker',
      name: 'noting',
      async setup() {
        (await import('node:fs')).appendFileSync(file, 'up\n');
      },
      async teardown() {
        (await import('node:fs')).appendFileSync(file, 'down\n');
      },
    };
    await rig.client.registerPlugin(plugin);
    // One for each thread: those for tasks, and those that other tests have had functions run in.
    const ups = lines(file).length;
    expect(ups).toBeGreaterThanOrEqual(2);
    expect(await rig.client.unregisterPlugin(plugin)).toBe(true);
    expect(lines(file).filter((line) => line === 'down')).toHaveLength(ups);
    expect(await rig.client.unregisterPlugin(plugin)).toBe(false);
    expect(await rig.client.submit(() => 'noting' in getWorker().plugins, [], { pure: false }).result()).toBe(false);
  });

  it('tells who registers it what its setup threw, and tasks that reach for it as well', async () => {
    const plugin: WorkerPlugin = {
      kind: 'worker',
      name: 'broken',
      setup() {
        throw new RangeError('no licence');
      },
    };
    const error = await rejection(rig.client.registerPlugin(plugin));
    expect(error).toMatchObject({ code: 'GRID_CLIENT_PLUGIN_FAILED', cause: new RangeError('no licence') });
    expect((error as { cause: unknown }).cause).toBeInstanceOf(RangeError);
    const task = rig.client.submit(() => getWorker().plugins['broken'], [], { pure: false });
    expect(await rejection(task.result())).toMatchObject({ code: 'GRID_WORKER_PLUGIN_FAILED' });
    await rig.client.unregisterPlugin('broken');
  });

  it('may be one for the worker as a whole, which hears of the steps of tasks', async () => {
    const file = folder.file('steps');
    writeFileSync(file, '');
    class Steps {
      static readonly kind = 'worker';
      static readonly per = 'worker';
      async transition(key: string, from: string, to: string): Promise<void> {
        (await import('node:fs')).appendFileSync(FILE, `${key} ${from} ${to}\n`);
      }
    }
    const FILE = file;
    expect(await rig.client.registerPlugin(Steps)).toMatchObject({ name: 'Steps', count: 2 });
    await rig.client.submit(() => 1, [], { key: 'looked-at' }).result();
    await until('a step', () => lines(file).some((line) => /^looked-at executing memory$/.test(line)));
    await rig.client.unregisterPlugin(Steps);
    const count = lines(file).length;
    await rig.client.submit(() => 2, [], { key: 'not-looked-at' }).result();
    expect(lines(file)).toHaveLength(count);
  });

  it('comes from a module that is installed where it runs', async () => {
    writeFileSync(
      folder.file('plugin.mjs'),
      `export default class { constructor(word) { this.word = word; } greet(who) { return this.word + ' ' + who; } }`,
    );
    const plugin = importPlugin(folder.file('plugin.mjs'), { kind: 'worker', name: 'greeter', args: ['ahoy'] });
    await rig.client.registerPlugin(plugin);
    expect(await rig.client.submit(greet, ['you'], { pure: false }).result()).toBe('ahoy you');
  });

  it('does not stop tasks that run while it is set up', async () => {
    const gate = new Gate(folder.file('gate'));
    const tally = new Tally(folder.file('tally'));
    const running = rig.client.submit(
      async () => {
        note(tally.file, 'begun');
        return passGate(gate.file, getTask()?.key);
      },
      [],
      { key: 'slow' },
    );
    await until('it has begun', () => tally.count === 1);
    await rig.client.registerPlugin(new Greeter('x'));
    gate.open();
    expect(await running.result()).toBe('slow');
  });
});

describe('a plugin of the scheduler', () => {
  /** Tells at a topic what it is told of. */
  class Reporter implements SchedulerPlugin {
    readonly kind = 'scheduler';
    readonly name = 'reporter';
    scheduler: PluginScheduler | undefined;

    start(scheduler: PluginScheduler): void {
      this.scheduler = scheduler;
      this.say('start', scheduler.id);
    }

    transition(key: string, from: string, to: string): void {
      this.say('transition', `${key} ${from} ${to}`);
    }

    addWorker(address: string): void {
      this.say('addWorker', address);
    }

    removeWorker(address: string): void {
      this.say('removeWorker', address);
    }

    addClient(id: string): void {
      this.say('addClient', id);
    }

    removeClient(id: string): void {
      this.say('removeClient', id);
    }

    updateGraph({ keys }: { readonly keys: readonly string[] }): void {
      this.say('updateGraph', keys.join());
    }

    logEvent(topic: string, event: unknown): void {
      if (topic === 'own') this.say('logEvent', JSON.stringify(event));
    }

    say(hook: string, text: string): void {
      this.scheduler?.logEvent('reports', { hook, text });
    }
  }

  async function reports(): Promise<string[]> {
    const topic = new Topic<{ readonly hook: string; readonly text: string }>('reports', { client: rig.client });
    return (await topic.events()).map(({ value }) => `${value.hook} ${value.text}`);
  }

  async function heard(report: RegExp): Promise<void> {
    await until(String(report), async () => (await reports()).some((line) => report.test(line)));
  }

  it('hears of tasks, workers, clients, graphs and events', async () => {
    await rig.client.registerPlugin(new Reporter());
    const future = rig.client.submit(() => 1, [], { key: 'watched' });
    await future.result();
    await heard(/^updateGraph watched$/);
    await heard(/^transition watched processing memory$/);
    const other = await Client.connect(rig.cluster, { name: 'guest' });
    await new Topic('own', { client: other }).log({ hello: 1 });
    await heard(/^logEvent \{"hello":1\}$/);
    await other.close();
    await heard(/^addClient Client-guest/);
    await heard(/^removeClient Client-guest/);
    await rig.cluster.scale(1);
    await heard(/^removeWorker tcp:/);
    await rig.cluster.scale(2);
    await heard(/^addWorker tcp:/);
    expect(await rig.client.unregisterPlugin('reporter')).toBe(true);
    const count = (await reports()).length;
    await rig.client.submit(() => 2, [], { key: 'unwatched' }).result();
    expect(await reports()).toHaveLength(count);
  });

  it('whose start fails is not registered, and its author is told', async () => {
    const plugin: SchedulerPlugin = {
      kind: 'scheduler',
      name: 'failing',
      start() {
        throw new RangeError('no port');
      },
    };
    const error = await rejection(rig.client.registerPlugin(plugin));
    expect(error).toMatchObject({ code: 'GRID_CLIENT_PLUGIN_FAILED', details: { plugin: 'failing' } });
    expect(await rig.client.unregisterPlugin('failing')).toBe(false);
  });

  it.each(['throws', 'rejects', 'loops for ever', 'ends its process'])(
    'that %s in a hook does the cluster no harm',
    async (how) => {
      const plugin: SchedulerPlugin & { readonly how: string } = {
        kind: 'scheduler',
        name: 'harmful',
        how,
        async transition() {
          if (this.how === 'throws') throw new RangeError('oh');
          if (this.how === 'rejects') await Promise.reject(new RangeError('oh'));
          if (this.how === 'ends its process') process.exit(3);
          for (;;);
        },
      };
      await using own = await startRig({ nWorkers: 1 });
      await own.client.registerPlugin(plugin);
      const futures = own.client.map((x: number) => x + 1, [1, 2, 3]);
      expect(await own.client.gather(futures)).toEqual([2, 3, 4]);
      expect(own.client.status).toBe('running');
    },
  );

  it('is refused by a scheduler that was not told to run code of clients', async () => {
    await using own = await startRig({ nWorkers: 1, allowPlugins: false });
    expect(await rejection(own.client.registerPlugin(new Reporter()))).toMatchObject({
      code: 'GRID_SCHEDULER_PLUGINS_REFUSED',
    });
    expect(await own.client.registerPlugin(new Greeter('x'))).toMatchObject({ count: 1 });
  });
});

describe('a plugin of nannies', () => {
  it('changes the environment of workers, which are started anew, and of those to come', async () => {
    await using own = await startRig({ nWorkers: 1 });
    class Env implements NannyPlugin {
      readonly kind = 'nanny';
      readonly restart = true;
      setup(nanny: PluginNanny): void {
        nanny.env['GRID_TEST_GREETING'] = `hello ${nanny.name}`;
      }
    }
    expect(await own.client.registerPlugin(new Env())).toMatchObject({ kind: 'nanny', name: 'Env', count: 1 });
    await own.cluster.scale(2);
    await own.client.waitForWorkers(2);
    const greetings = await own.client.run(() => process.env['GRID_TEST_GREETING']);
    expect(Object.values(greetings).sort()).toEqual(['hello 0', 'hello 1']);
  });

  it('reports what its setup threw', async () => {
    const plugin: NannyPlugin = {
      kind: 'nanny',
      name: 'bad',
      setup() {
        throw new RangeError('not here');
      },
    };
    const error = await rejection(rig.client.registerPlugin(plugin));
    expect(error).toMatchObject({ code: 'GRID_CLIENT_PLUGIN_FAILED', cause: new RangeError('not here') });
    await rig.client.unregisterPlugin('bad');
  });
});

describe('a plugin of a client', () => {
  it('lives in this process, until it is unregistered or the client closes', async () => {
    const heard: string[] = [];
    const plugin = (name: string): ClientPlugin => ({
      kind: 'client',
      name,
      setup: (client) => void heard.push(`${name} up ${client.status}`),
      teardown: (client, why) => void heard.push(`${name} down ${why} ${client.status}`),
    });
    const client = await Client.connect(rig.cluster);
    await client.registerPlugin(plugin('a'));
    await client.registerPlugin(plugin('b'));
    expect(await client.unregisterPlugin('a')).toBe(true);
    await client.close();
    expect(heard).toEqual(['a up running', 'b up running', 'a down unregistered running', 'b down closed running']);
    expect(await rejection(client.registerPlugin(plugin('c')))).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
  });
});

it.each([
  ['nothing', undefined],
  ['an object that says nothing of itself', {}],
  ['a kind that there is not', { kind: 'weather', name: 'x' }],
  ['an object without a name', { kind: 'worker' }],
  ['a plugin for each thread that wants to hear of tasks', { kind: 'worker', name: 'x', transition() {} }],
])('%s is no plugin', async (_what, plugin) => {
  expect(await rejection(rig.client.registerPlugin(plugin as WorkerPlugin))).toMatchObject({
    code: 'GRID_CLIENT_BAD_OPTION',
  });
});
