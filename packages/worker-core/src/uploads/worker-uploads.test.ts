import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { asAddress, asBytes, createDeferred, nullLogger } from '@grid/common';
import { InprocTransport, Transports } from '@grid/comm';
import type { MessageWith, Upload, UploadFile } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { inlineThreadStarter } from '../executor/inline-thread.js';
import { ThreadPoolExecutor } from '../executor/thread-pool-executor.js';
import { inlineResult, ScriptedScheduler, type JoinedWorker } from '../testing/scripted-scheduler.js';
import { createTextCodeLoader } from '../testing/text-code-loader.js';
import { WorkerServer } from '../shell/worker-server.js';

const PATH = "() => globalThis[Symbol.for('grid.task-context')].getStore().uploadedPath('data')";

function upload(text: string, more: Partial<Upload> = {}): Upload {
  return { name: 'data', kind: 'directory', files: [{ path: 'a.txt', bytes: Buffer.from(text) }], ...more };
}

let folder: string;
let scheduler: ScriptedScheduler;
let server: WorkerServer;
let worker: JoinedWorker;
let lastTask: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'grid-uploads-'));
  lastTask = 0;
  const transports = new Transports([new InprocTransport()]);
  scheduler = new ScriptedScheduler(transports);
  await scheduler.listen('inproc://scheduler');
  server = new WorkerServer(
    {
      schedulerAddress: scheduler.address,
      listenAddress: asAddress('inproc://worker'),
      threads: 1,
      memoryLimit: asBytes(0),
      token: null,
      validate: true,
      localDirectory: join(folder, 'local'),
    },
    {
      transports,
      logger: nullLogger,
      createExecutor: (options) =>
        new ThreadPoolExecutor(options, { startThread: inlineThreadStarter(() => createTextCodeLoader()) }),
    },
  );
  await server.start();
  [worker] = (await scheduler.joined(1)) as [JoinedWorker];
});

afterEach(async () => {
  await server.close();
  await scheduler.close();
  rmSync(folder, { recursive: true });
});

/** Has the worker take an upload. */
async function give(of: Upload, change: Partial<MessageWith<'take-upload'>> = {}): Promise<void> {
  await scheduler.give(worker, await scheduler.keep(of, change));
}

/** Sends a task and gives what it comes to. */
async function run(text: string): Promise<unknown> {
  const taskId = (lastTask += 1);
  scheduler.compute(worker, [{ taskId, text, flags: 1 }]);
  return scheduler.until(() => {
    for (const message of worker.messages) {
      if (message.op === 'task-erred' && message.taskId === taskId) return message.failure.message;
      if (message.op === 'tasks-finished' && Array.from(message.taskIds).includes(taskId))
        return inlineResult(message, taskId);
    }
    return undefined;
  });
}

/** Folders of workers. */
function bases(): string[] {
  const [above = ''] = readdirSync(join(folder, 'local'));
  return readdirSync(join(folder, 'local', above)).map((name) => join(folder, 'local', above, name));
}

/** The folders of contents on the worker's disk. */
function contents(): string[] {
  let [at = ''] = bases();
  while (existsSync(join(at, 'in'))) at = join(at, 'in');
  return readdirSync(join(at, 'uploads')).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

describe('an upload', () => {
  it('is there for what the scheduler says after it, and holds that up until it is', async () => {
    const asked = createDeferred<void>();
    const content = createDeferred<readonly UploadFile[] | null>();
    scheduler.contentOf = async () => {
      asked.resolve();
      return content.promise;
    };
    const taking = scheduler.give(worker, await scheduler.keep(upload('x')));
    const running = run(PATH);
    await asked.promise;
    const beats = scheduler.heartbeats;
    await scheduler.until(() => (scheduler.heartbeats > beats + 1 ? true : undefined));
    expect(worker.messages.filter(({ op }) => op !== 'worker-status-change')).toEqual([]);
    content.resolve(upload('x').files);
    const path = (await running) as string;
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('x');
    await taking;
  });

  it('of the same content is got once, whatever it is called', async () => {
    await give(upload('x'));
    scheduler.contentOf = () => Promise.reject(new TypeError('asked again'));
    await give(upload('x'));
    await give(upload('x', { name: 'other' }));
    expect(contents()).toHaveLength(1);
  });

  it('takes the place of an earlier one; of each name two versions are kept', async () => {
    const paths: string[] = [];
    for (const text of ['1', '2', '3']) {
      await give(upload(text));
      paths.push((await run(PATH)) as string);
      expect(readFileSync(join(paths.at(-1) ?? '', 'a.txt'), 'utf8')).toBe(text);
    }
    expect(new Set(paths).size).toBe(3);
    expect(paths.map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  it('that is dropped is not there for what comes after', async () => {
    await give(upload('x', { kind: 'package' }));
    expect(await run(PATH)).toMatch(/node_modules\/data$/);
    worker.link.send({ op: 'drop-upload', name: 'data' });
    worker.link.send({ op: 'drop-upload', name: 'never there' });
    expect(await run(PATH)).toMatch(/no upload data/);
    expect(contents()).toEqual([]);
  });

  it('that has become a package or is none any more is linked, or not', async () => {
    await give(upload('x', { kind: 'package' }));
    const path = (await run(PATH)) as string;
    const link = join(path, '../../..', 'node_modules/data');
    expect(readFileSync(join(link, 'a.txt'), 'utf8')).toBe('x');
    await give(upload('y', { kind: 'package' }));
    expect(readFileSync(join(link, 'a.txt'), 'utf8')).toBe('y');
    await give(upload('z'));
    expect(existsSync(link)).toBe(false);
  });
});

describe('an upload that is not what it should be', () => {
  const evil: readonly UploadFile[] = [{ path: '../../../evil.txt', bytes: Buffer.from('x') }];

  it.each([
    ['has another content', { hash: '0'.repeat(64) }, () => upload('y').files, /not what its hash says/],
    ['has another size', { nbytes: 5 }, undefined, /not what its hash says/],
    ['is not kept any more', {}, () => null, /does not keep 'data' any more/],
    ['leads out', {}, () => evil, /evil\.txt.*has a part '\.\.'/],
    ['has a name that leads out', { name: '../data' }, undefined, /the name "\.\.\/data"/],
    [
      'is a file of two',
      { kind: 'file' as const },
      () => [...upload('x').files, { path: 'b', bytes: Buffer.from('') }],
      /is a file of 2 files/,
    ],
  ])('since it %s is refused, and nothing of it is written', async (_, change, content, message) => {
    if (content !== undefined) scheduler.contentOf = async () => content();
    await expect(give(upload('x'), change)).rejects.toThrow(message);
    expect(existsSync(join(folder, 'evil.txt'))).toBe(false);
    expect(existsSync(join(folder, 'local')) ? contents() : []).toEqual([]);
    expect(await run("() => 'goes on'")).toBe('goes on');
  });

  it('leaves the name without a value rather than with an old one', async () => {
    await give(upload('x'));
    scheduler.contentOf = async () => null;
    await expect(give(upload('y'))).rejects.toMatchObject({ code: 'GRID_WORKER_UPLOAD_FAILED' });
    expect(await run(PATH)).toBe('');
  });
});

describe('the folder of a worker', () => {
  it('is not made before it is needed, and is gone after the worker', async () => {
    expect(existsSync(join(folder, 'local'))).toBe(false);
    await give(upload('x'));
    expect(bases()).toHaveLength(1);
    await server.close();
    expect(bases()).toEqual([]);
  });

  it('is gone also if the worker closes while it gets an upload', async () => {
    await give(upload('x'));
    const asked = createDeferred<void>();
    scheduler.contentOf = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    const taking = give(upload('y'));
    taking.catch(() => {});
    await asked.promise;
    await server.close();
    expect(bases()).toEqual([]);
    await expect(taking).rejects.toBeDefined();
  });

  it('that cannot be made fails uploads only', async () => {
    writeFileSync(join(folder, 'local'), '');
    await expect(give(upload('x'))).rejects.toMatchObject({ code: 'GRID_WORKER_UPLOAD_FAILED' });
    expect(await run("() => 'goes on'")).toBe('goes on');
  });
});
