import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@grid/client';

import { listeningAddresses } from './support/listening-sockets.js';
import { childrenOf } from './support/processes.js';
import { Program } from './support/program.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const TOKEN = 'a-token-of-this-test-that-is-long-enough-0123456789';
const ENV = { GRID_TOKEN: TOKEN };

/** What a binary prints first with `--print-address-json`. */
interface AddressLine {
  readonly address: string;
  readonly http: string | null;
  readonly id: string;
  readonly pid: number;
}

let folder: TempFolder;
let files = 0;

beforeAll(() => {
  folder = new TempFolder();
});

afterAll(() => {
  folder[Symbol.dispose]();
});

const newFile = (name: string): string => folder.file(`${String((files += 1))}-${name}`);

/** `GET path`, with any Host header. */
async function httpGet(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; type: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, timeout: 5000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, type: String(response.headers['content-type']) }),
      );
    });
    request.on('error', reject);
  });
}

async function takePort(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await until('a port is taken', () => server.listening);
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('grid-scheduler and grid-worker', () => {
  it('make a cluster that a client can use, say where they are, and leave in order at SIGTERM', async () => {
    await using scheduler = Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--print-address-json'], ENV);
    const first = await scheduler.firstJson<AddressLine>();
    expect(first).toMatchObject({
      address: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
      http: null,
      pid: scheduler.pid,
    });
    expect(first.id).not.toBe('');
    await scheduler.printed(new RegExp(`Scheduler at: +${first.address}`));

    const flags = [
      '--nthreads',
      '1',
      '--name',
      'anna',
      '--no-dashboard',
      '--print-address-json',
      '--memory-limit',
      '1 GiB',
    ];
    await using worker = Program.binary('worker', [first.address, ...flags], ENV);
    const second = await worker.firstJson<AddressLine>();
    expect(second).toMatchObject({
      address: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
      http: null,
      nannyPid: worker.pid,
    });
    expect(childrenOf(worker.pid)).toEqual([second.pid]);
    await worker.printed(new RegExp(`Registered to: +${first.address}`));

    const client = await Client.connect(first.address, { token: TOKEN });
    expect(await client.submit((x: number) => x + 1, [1]).result({ timeout: 8000 })).toBe(2);
    expect(await client.run(() => process.pid, [], { workers: 'anna' })).toEqual({ [second.address]: second.pid });
    expect(
      [worker.pid, second.pid, scheduler.pid]
        .flatMap(listeningAddresses)
        .filter((address) => !address.startsWith('127.')),
    ).toEqual([]);

    worker.kill('SIGTERM');
    expect(await worker.ends()).toEqual({ code: 0, signal: null });
    await until('the scheduler knows', async () => Object.keys((await client.schedulerInfo()).workers).length === 0);
    await client.close();
    scheduler.kill('SIGTERM');
    expect(await scheduler.ends()).toEqual({ code: 0, signal: null });
    // Standard output is for scripts alone.
    expect(scheduler.stdout.trim().split('\n')).toHaveLength(1);
    expect(worker.stdout.trim().split('\n')).toHaveLength(1);
    expect(scheduler.output + worker.output).not.toContain(TOKEN);
  });

  it('say where they are reached, where that differs from where they listen', async () => {
    const flags = ['--port', '0', '--no-dashboard', '--print-address-json'];
    await using scheduler = Program.binary('scheduler', [...flags, '--contact-address', 'tcp://localhost:1234'], ENV);
    expect((await scheduler.firstJson<AddressLine>()).address).toBe('tcp://localhost:1234');
  });

  it('listen at the first port of a range that is free, and at an interface by its name', async () => {
    const flags = ['--no-dashboard', '--print-address-json'];
    await using scheduler = Program.binary('scheduler', ['--port', '0', '--interface', 'lo', ...flags], ENV);
    const { address } = await scheduler.firstJson<AddressLine>();
    expect(address).toMatch(/^tcp:\/\/127\.0\.0\.1:/);
    const taken = await takePort();
    try {
      const range = `${String(taken.port)}:${String(taken.port + 20)}`;
      await using worker = Program.binary('worker', [address, '--no-nanny', '--worker-port', range, ...flags], ENV);
      const port = Number((await worker.firstJson<AddressLine>()).address.split(':').at(-1));
      expect(port).toBeGreaterThan(taken.port);
      expect(port).toBeLessThanOrEqual(taken.port + 20);
    } finally {
      taken.close();
    }
    await using wrong = Program.binary('worker', [address, '--worker-port', '20:10', ...flags], ENV);
    expect(await wrong.ends()).toMatchObject({ code: 2 });
  });

  it('make a cluster whose workers run code here only where that is wanted', async () => {
    await using scheduler = Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--print-address-json'], ENV);
    const { address } = await scheduler.firstJson<AddressLine>();
    await using worker = Program.binary('worker', [address, '--nthreads', '1', '--no-dashboard'], ENV);
    await worker.printed(/Registered to:/);
    const makeAdder = (a: number) => (b: number) => a + b;
    await using trusting = await Client.connect(address, { token: TOKEN, trustWorkers: true });
    expect((await trusting.submit(makeAdder, [1]).result({ timeout: 8000 }))(2)).toBe(3);
    await using careful = await Client.connect(address, { token: TOKEN });
    using adder = careful.submit(makeAdder, [1]);
    await expect(adder.result({ timeout: 8000 })).rejects.toMatchObject({ code: 'GRID_PROTOCOL_FUNCTION_LOAD' });
    // Among workers functions go as they like.
    expect(await careful.submit((add: (b: number) => number) => add(2), [adder]).result({ timeout: 8000 })).toBe(3);
  });

  it('print their version and their flags', async () => {
    for (const name of ['scheduler', 'worker', 'cli'] as const) {
      await using version = Program.binary(name, ['--version']);
      await using help = Program.binary(name, ['--help']);
      expect(await version.ends()).toEqual({ code: 0, signal: null });
      expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
      expect(await help.ends()).toEqual({ code: 0, signal: null });
      expect(help.stdout).toContain('--help');
    }
  });

  it('work through the grid command as well', async () => {
    await using scheduler = Program.binary(
      'cli',
      ['scheduler', '--port', '0', '--no-dashboard', '--print-address-json'],
      ENV,
    );
    const { address } = await scheduler.firstJson<AddressLine>();
    await using worker = Program.binary(
      'cli',
      ['worker', address, '--nthreads', '1', '--no-dashboard', '--print-address-json'],
      ENV,
    );
    await worker.firstJson<AddressLine>();
    await using client = await Client.connect(address, { token: TOKEN });
    expect(await client.submit(() => 'done', []).result({ timeout: 8000 })).toBe('done');
  });

  it('make a token that they accept', async () => {
    await using maker = Program.binary('cli', ['token']);
    expect(await maker.ends()).toEqual({ code: 0, signal: null });
    const token = maker.stdout.trim();
    await using scheduler = Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--print-address-json'], {
      GRID_TOKEN: token,
    });
    const { address } = await scheduler.firstJson<AddressLine>();
    await using client = await Client.connect(address, { token });
    expect(client.status).toBe('running');
  });
});

describe('the exit code', () => {
  it('is 2 for flags and values that make no sense, and the message names them', async () => {
    const cases = [
      ['scheduler', ['--nosuchflag'], 'nosuchflag'],
      ['scheduler', ['--port', 'many'], 'port'],
      ['scheduler', ['--log-level', 'shout'], 'log-level'],
      ['worker', ['tcp://127.0.0.1:1', '--nosuchflag'], 'nosuchflag'],
      ['worker', ['tcp://127.0.0.1:1', '--nthreads', '0'], 'nthreads'],
      ['worker', ['tcp://127.0.0.1:1', '--memory-limit', 'lots'], 'lots'],
      ['worker', ['nonsense://127.0.0.1:1'], 'nonsense'],
      ['cli', ['info', '--nosuchflag'], 'nosuchflag'],
    ] as const;
    for (const [name, flags, named] of cases) {
      await using program = Program.binary(name, flags, ENV);
      const { code } = await program.ends(8000);
      expect([flags, code, program.stderr.includes(named)]).toEqual([flags, 2, true]);
    }
  }, 30_000);

  it('is 2 without a token, and the message says how to give one', async () => {
    await using program = Program.binary('scheduler', ['--port', '0', '--no-dashboard']);
    expect((await program.ends()).code).toBe(2);
    expect(program.stderr).toContain('GRID_TOKEN');
  });

  it('is 3 for a token file that is missing or empty', async () => {
    const empty = newFile('token');
    writeFileSync(empty, '', { mode: 0o600 });
    for (const file of [empty, newFile('missing')]) {
      await using program = Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--token-file', file]);
      expect((await program.ends()).code).toBe(3);
      expect(program.stderr).toContain(file);
    }
  });

  it('is 3 for a worker with another token than the scheduler', async () => {
    await using scheduler = Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--print-address-json'], ENV);
    const { address } = await scheduler.firstJson<AddressLine>();
    await using worker = Program.binary('worker', [address, '--no-dashboard'], { GRID_TOKEN: `${TOKEN}-another` });
    expect((await worker.ends()).code).toBe(3);
    expect(worker.stderr).toContain('token');
  });

  it('is 4 for a port that is taken, and the message names it', async () => {
    const taken = await takePort();
    try {
      await using program = Program.binary('scheduler', ['--port', String(taken.port), '--no-dashboard'], ENV);
      expect((await program.ends()).code).toBe(4);
      expect(program.stderr).toContain(String(taken.port));
    } finally {
      taken.close();
    }
  });

  it('is 5 for a worker that finds no scheduler within its patience', async () => {
    await using worker = Program.binary(
      'worker',
      ['tcp://127.0.0.1:1', '--death-timeout', '500ms', '--no-dashboard'],
      ENV,
    );
    expect((await worker.ends()).code).toBe(5);
    expect(worker.stderr).toContain('tcp://127.0.0.1:1');
  });
});

describe('files', () => {
  it('hold the number of the process, and the addresses for workers and clients, until it ends', async () => {
    const [pidFile, schedulerFile] = [newFile('pid'), newFile('scheduler.json')];
    const flags = [
      '--port',
      '0',
      '--no-dashboard',
      '--print-address-json',
      '--pid-file',
      pidFile,
      '--scheduler-file',
      schedulerFile,
    ];
    await using scheduler = Program.binary('scheduler', flags, ENV);
    const { address } = await scheduler.firstJson<AddressLine>();
    expect(readFileSync(pidFile, 'utf8').trim()).toBe(String(scheduler.pid));
    expect(JSON.parse(readFileSync(schedulerFile, 'utf8'))).toMatchObject({ address });
    expect(readFileSync(schedulerFile, 'utf8')).not.toContain(TOKEN);

    await using worker = Program.binary(
      'worker',
      ['--scheduler-file', schedulerFile, '--nthreads', '1', '--no-dashboard'],
      ENV,
    );
    await worker.printed(new RegExp(`Registered to: +${address}`));

    await using second = Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--pid-file', pidFile], ENV);
    expect((await second.ends()).code).toBe(2);
    expect(second.stderr).toContain(pidFile);

    scheduler.kill('SIGTERM');
    await scheduler.ends();
    expect([existsSync(pidFile), existsSync(schedulerFile)]).toEqual([false, false]);
  });

  it('hold the token, named by a flag or by the environment', async () => {
    const file = newFile('token');
    writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
    const flags = ['--port', '0', '--no-dashboard', '--print-address-json', '--token-file', file];
    await using scheduler = Program.binary('scheduler', flags);
    const { address } = await scheduler.firstJson<AddressLine>();
    await using worker = Program.binary('worker', [address, '--nthreads', '1', '--no-dashboard'], {
      GRID_TOKEN_FILE: file,
    });
    await worker.printed(/Registered to:/);
    await using client = await Client.connect(address, { token: TOKEN });
    expect(await client.submit(() => 1, []).result({ timeout: 8000 })).toBe(1);
  });
});

describe('--no-auth', () => {
  it('lets everybody on this machine in, and warns', async () => {
    await using scheduler = Program.binary('scheduler', [
      '--no-auth',
      '--port',
      '0',
      '--no-dashboard',
      '--print-address-json',
    ]);
    const { address } = await scheduler.firstJson<AddressLine>();
    await scheduler.printed(/WARN.*without a token/i);
    await using client = await Client.connect(address, { token: null, timeout: 5000 });
    expect(client.status).toBe('running');
  });

  it.each(['0.0.0.0', '::'])('is refused on %s', async (host) => {
    await using scheduler = Program.binary(
      'scheduler',
      ['--no-auth', '--host', host, '--port', '0', '--no-dashboard'],
      ENV,
    );
    expect((await scheduler.ends()).code).toBe(2);
    expect(scheduler.stderr).toContain('--no-auth');
  });
});

describe('HTTP', () => {
  it('answers with health, metrics and identity, of both', async () => {
    const flags = ['--port', '0', '--dashboard-address', '127.0.0.1:0', '--print-address-json'];
    await using scheduler = Program.binary('scheduler', flags, ENV);
    const { address, http, id } = await scheduler.firstJson<AddressLine>();
    await using worker = Program.binary('worker', [address, '--nthreads', '1', '--print-address-json'], ENV);
    const workerLine = await worker.firstJson<AddressLine>();
    await using client = await Client.connect(address, { token: TOKEN });
    await client.gather(
      client.map((x: number) => x, [1, 2, 3]),
      { timeout: 8000 },
    );

    for (const url of [http, workerLine.http])
      expect(await httpGet(`${url ?? ''}/health`)).toMatchObject({ status: 200 });
    const metrics = await httpGet(`${http ?? ''}/metrics`);
    expect(metrics.type).toContain('text/plain');
    expect(metrics.body).toMatch(/^grid_scheduler_workers\b.* 1$/m);
    expect(metrics.body).toMatch(/^grid_scheduler_clients\b.* 1$/m);
    expect(metrics.body).toMatch(/^grid_scheduler_tasks\{.*state="memory".*\} 3$/m);
    expect((await httpGet(`${workerLine.http ?? ''}/metrics`)).body).toMatch(/^grid_worker_/m);
    const identity = await httpGet(`${http ?? ''}/json/identity.json`);
    expect(identity.type).toContain('application/json');
    expect(identity.body).not.toContain(TOKEN);
    const parsed = JSON.parse(identity.body) as { id: string; address: string; workers: object };
    expect(parsed).toMatchObject({ id, address });
    expect(Object.keys(parsed.workers)).toEqual([workerLine.address]);
    expect((await httpGet(`${http ?? ''}/no-such-page`)).status).toBe(404);
  });

  it('answers nobody who asks for another host, as a page in a browser would', async () => {
    const flags = ['--port', '0', '--dashboard-address', '127.0.0.1:0', '--print-address-json'];
    await using scheduler = Program.binary('scheduler', flags, ENV);
    const { http } = await scheduler.firstJson<AddressLine>();
    expect((await httpGet(`${http ?? ''}/json/identity.json`, { Host: 'evil.test' })).status).toBe(403);
    expect((await httpGet(`${http ?? ''}/json/identity.json`, { Host: 'localhost' })).status).toBe(200);
    const posted = await fetch(`${http ?? ''}/health`, { method: 'POST' });
    expect(posted.status).toBe(405);
  });

  it('takes the next free port when its own is taken, and warns', async () => {
    const taken = await takePort();
    try {
      const flags = ['--port', '0', '--dashboard-address', `127.0.0.1:${String(taken.port)}`, '--print-address-json'];
      await using scheduler = Program.binary('scheduler', flags, ENV);
      const { http } = await scheduler.firstJson<AddressLine>();
      expect(Number(new URL(http ?? '').port)).toBeGreaterThan(taken.port);
      await scheduler.printed(/WARN.*taken/);
      expect((await httpGet(`${http ?? ''}/health`)).status).toBe(200);
    } finally {
      taken.close();
    }
  });
});
