import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeValue } from '@grid/protocol';

import type { Executor } from '../executor/executor.js';
import { MemoryStore } from '../store/memory-store.js';
import { ExecutorHarness, Needs } from './executor-harness.js';

const ACTOR = { makesActor: true } as const;

/** The rules that every executor keeps. Functions are texts: the executor has to load them by `createTextCodeLoader`. */
export function describeExecutorCompliance(name: string, create: (store: MemoryStore) => Promise<Executor>): void {
  describe(`${name} keeps the rules of executors`, () => {
    let harness: ExecutorHarness;

    beforeAll(async () => {
      const store = new MemoryStore();
      harness = new ExecutorHarness(await create(store), store);
      harness.reruns = true;
      await harness.start();
    });

    afterAll(() => harness.executor.close());

    it('runs a function with its arguments', async () => {
      expect(await harness.run('(a, b) => a + b', [20, 22])).toEqual({ end: 'success', value: 42, typeName: 'number' });
      expect(await harness.run('() => [undefined, null]')).toMatchObject({
        value: [undefined, null],
        typeName: 'Array',
      });
    });

    it('gives each function the code that it needs, which is sent once', async () => {
      const unit = { hash: 'unit', body: new TextEncoder().encode('(x) => 2 * ') };
      const double = harness.defineWith([unit], 'x');
      const triple = harness.defineWith([unit], '1.5 * x', true);
      const outcomes = await Promise.all(
        [double, triple, double, triple].map((functionId) => harness.execute(functionId, [10]).ended),
      );
      expect(outcomes.map(({ value }) => value)).toEqual([20, 30, 20, 30]);
      harness.executor.freeFunctions([double, triple], ['unit']);
      const other = { hash: 'unit', body: new TextEncoder().encode('(x) => 3 * ') };
      expect(await harness.execute(harness.defineWith([other], 'x'), [10]).ended).toMatchObject({ value: 30 });
    });

    it("calls a function as one that belongs to no object: 'this' is undefined", async () => {
      const outcome = await harness.run('function () { "use strict"; return this === undefined; }');
      expect(outcome).toMatchObject({ value: true });
    });

    it('puts the values of dependencies in their places', async () => {
      const first = harness.execute(harness.define('() => ({ list: [1, 2, 3] })'));
      await first.ended;
      const second = harness.execute(harness.define('() => 4'));
      await second.ended;
      const outcome = await harness.run('({ list }, { deep: [x] }) => [...list, x]', [
        new Needs(first.taskId),
        { deep: [new Needs(second.taskId)] },
      ]);
      expect(outcome).toMatchObject({ end: 'success', value: [1, 2, 3, 4] });
    });

    it('keeps what a task has made to be called, and calls it in order', async () => {
      const made = harness.execute(harness.define('(n) => ({ n, add(m) { return (this.n += m); } })'), [5], ACTOR);
      expect(await made.ended).toMatchObject({
        end: 'success',
        typeName: 'Actor',
        value: { id: 1000 + made.taskId, methods: ['add'], attributes: ['n'] },
      });
      const calls = [1, 2, 3].map((m) => harness.callActor(made.taskId, 'add', [m]));
      expect(await Promise.all(calls)).toEqual([{ value: 6 }, { value: 8 }, { value: 11 }]);
      expect(await harness.callActor(made.taskId, 'n', 'read')).toEqual({ value: 11 });
      expect(await harness.callActor(made.taskId, 'subtract')).toMatchObject({ error: { name: 'TypeError' } });
      harness.executor.actors.end(made.taskId);
      expect(await harness.callActor(made.taskId, 'add', [1])).toMatchObject({ error: { code: 'GRID_ACTOR_LOST' } });
    });

    it('lets calls of an actor take turns where they wait', async () => {
      const text = `() => ({
        log: [],
        async wait(name, ms) {
          this.log.push(name);
          await new Promise((resolve) => setTimeout(resolve, ms));
          this.log.push(name);
          return name;
        },
      })`;
      const { taskId, ended } = harness.execute(harness.define(text), [], ACTOR);
      await ended;
      const calls = [harness.callActor(taskId, 'wait', ['a', 60]), harness.callActor(taskId, 'wait', ['b', 5])];
      expect(await Promise.all(calls)).toEqual([{ value: 'a' }, { value: 'b' }]);
      expect(await harness.callActor(taskId, 'log', 'read')).toEqual({ value: ['a', 'b', 'b', 'a'] });
    });

    it('makes no actor of what is no object, nor of what throws', async () => {
      const number = harness.execute(harness.define('() => 5'), [], ACTOR);
      expect(await number.ended).toMatchObject({ end: 'failure', error: { name: 'TypeError' } });
      const broken = harness.execute(harness.define('() => { throw new RangeError("no"); }'), [], ACTOR);
      expect(await broken.ended).toMatchObject({ end: 'failure', error: { name: 'RangeError' } });
    });

    it('lets tasks read large values in shared memory', async () => {
      const made = harness.execute(harness.define('() => Float64Array.from({ length: 5000 }, (_, i) => i)'));
      expect(await made.ended).toMatchObject({ end: 'success', typeName: 'Float64Array' });
      const payload = harness.store.get(made.taskId)?.payload;
      expect(payload?.buffers[0]?.byteLength).toBe(40_000);
      const outcome = await harness.run('(a) => [a.length, a[4999]]', [new Needs(made.taskId)]);
      expect(outcome).toMatchObject({ end: 'success', value: [5000, 4999] });
    });

    it('leaves the memory of results to the user', async () => {
      const functionId = harness.define(
        '() => { globalThis.kept ??= new Float64Array(5000).fill(1); return globalThis.kept; }',
      );
      await harness.execute(functionId).ended;
      const outcome = await harness.run('() => globalThis.kept === undefined ? 5000 : globalThis.kept.length');
      expect(outcome).toMatchObject({ value: 5000 });
    });

    it('takes large arguments', async () => {
      const outcome = await harness.run('(bytes, text) => [bytes.length, bytes[99999], text.length]', [
        new Uint8Array(100_000).fill(7),
        'x'.repeat(20_000),
      ]);
      expect(outcome).toMatchObject({ value: [100_000, 7, 20_000] });
    });

    it('does not lose parts of results that are sent together', async () => {
      const functionId = harness.define(
        '(i) => (i % 3 === 0 ? "x".repeat(i * 10) : i % 3 === 1 ? new Float64Array(i).fill(i) : { i })',
      );
      const outcomes = await Promise.all(
        Array.from({ length: 600 }, (_, i) => harness.execute(functionId, [i], { estimateMs: 0.01 }).ended),
      );
      outcomes.forEach(({ value }, i) => {
        const expected = i % 3 === 0 ? 'x'.repeat(i * 10) : i % 3 === 1 ? Array.from({ length: i }, () => i) : { i };
        expect(ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value).toEqual(expected);
      });
    });

    it.each([
      ['() => { throw new RangeError("too far", { cause: "x" }) }', 'too far'],
      ['() => { const e = new Error("frozen"); return Promise.reject(Object.freeze(e)) }', 'frozen'],
      ['async () => { const e = new Error("cyclic"); e.cause = e; throw e }', 'cyclic'],
    ])('reports what %s throws', async (text, message) => {
      const { end, error } = await harness.run(text);
      expect(end).toBe('failure');
      expect((error as Error).message).toBe(message);
    });

    it('reports a task that throws nothing at all', async () => {
      expect(await harness.run('() => { throw null }')).toEqual({ end: 'failure', error: null });
    });

    it('says where a result cannot travel', async () => {
      const { end, error } = await harness.run('() => ({ rows: [1, new WeakMap()] })');
      expect(end).toBe('failure');
      expect((error as { code: string }).code).toBe('GRID_PROTOCOL_UNSERIALIZABLE');
      expect((error as Error).message).toContain('result.rows[1]');
    });

    it('reports a function that cannot be loaded, and one that is not known', async () => {
      expect(await harness.run('throw no such package')).toMatchObject({ end: 'failure' });
      const { error } = await harness.execute(9999).ended;
      expect((error as { code: string }).code).toBe('GRID_WORKER_UNKNOWN_FUNCTION');
    });

    it('runs tasks that wait for promises beside each other', async () => {
      const functionId = harness.define('() => new Promise(() => {})');
      const waiting = Array.from({ length: 20 }, () => harness.execute(functionId));
      await Promise.all(waiting.map(({ taskId }) => harness.told(`suspended ${String(taskId)}`)));
      for (const { taskId } of waiting) harness.stop(taskId);
      const ends = await Promise.all(waiting.map(({ ended }) => ended));
      expect(ends.every(({ end }) => end === 'returned')).toBe(true);
    });

    it('fires the signal of a task that is stopped', async () => {
      const { taskId, ended } = harness.execute(
        harness.define(
          `() => new Promise((_, reject) => {
            const { signal } = globalThis[Symbol.for('grid.task-context')].getStore();
            signal.addEventListener('abort', () => reject(signal.reason));
          })`,
        ),
      );
      await harness.told(`suspended ${String(taskId)}`);
      harness.stop(taskId);
      expect(await ended).toEqual({ end: 'returned' });
    });

    it('ends a task that waits for longer than its time', async () => {
      const { end, error } = await harness.run('() => new Promise(() => {})', [], { timeoutMs: 20 });
      expect(end).toBe('failure');
      expect((error as { code: string }).code).toBe('GRID_WORKER_TASK_TIMEOUT');
      expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
    });

    it('takes a marked error for the wish to run elsewhere', async () => {
      const text = '() => { throw { [Symbol.for("grid.reschedule")]: true } }';
      expect(await harness.run(text)).toEqual({ end: 'rescheduled' });
    });

    it('tells a task about itself', async () => {
      const text = `async () => {
        await null;
        const task = globalThis[Symbol.for('grid.task-context')].getStore();
        task.log('half way');
        task.secede();
        return [task.key, task.workerAddress, task.workerName];
      }`;
      const { taskId, ended } = harness.execute(harness.define(text));
      const key = `task-${String(taskId)}`;
      expect(await ended).toMatchObject({ value: [key, 'tcp://127.0.0.1:1', 'test'] });
      expect(harness.notes).toContain(`log info half way ${key}`);
      expect(harness.notes).toContain(`seceded ${String(taskId)}`);
    });

    it('lets a task that has left its slot ask for one, as often as it likes', async () => {
      const text = `async () => {
        const task = globalThis[Symbol.for('grid.task-context')].getStore();
        await task.rejoin();
        for (let round = 0; round < 2; round += 1) {
          task.secede();
          await Promise.all([task.rejoin(), task.rejoin()]);
        }
        return 'there';
      }`;
      const { taskId, ended } = harness.execute(harness.define(text));
      expect(await ended).toMatchObject({ value: 'there' });
      expect(harness.notes.filter((note) => note === `seceded ${String(taskId)}`)).toHaveLength(2);
    });

    it('runs a function outside of tasks', async () => {
      const { value } = await harness.call('async (a) => ({ got: a, big: new Uint8Array(10_000) })', ['x']);
      expect(value === null ? null : decodeValue(value)).toMatchObject({ got: 'x' });
      const { failure } = await harness.call('() => { throw new TypeError("no") }', []);
      expect(failure).toMatchObject({ name: 'TypeError', message: 'no' });
    });

    it('gives up a call when it is told to', async () => {
      const controller = new AbortController();
      const call = harness.call('() => new Promise(() => {})', [], controller.signal);
      controller.abort(new RangeError('enough'));
      await expect(call).rejects.toThrow('enough');
    });

    it('lets what comes after an upload find it, also functions that were loaded before', async () => {
      const imports = harness.define('upload data');
      expect(await harness.execute(imports).ended).toMatchObject({ end: 'failure' });
      for (const path of ['/first', '/second']) {
        harness.setUploads({ data: path });
        const all = await Promise.all(Array.from({ length: 8 }, () => harness.execute(imports).ended));
        expect(all.map(({ value }) => value)).toEqual(Array.from({ length: 8 }, () => path));
        const asks = "() => globalThis[Symbol.for('grid.task-context')].getStore().uploadedPath('data')";
        expect(await harness.run(asks)).toMatchObject({ value: path });
        const { value } = await harness.call(asks, []);
        expect(value === null ? null : decodeValue(value)).toBe(path);
      }
      harness.setUploads({});
      expect(await harness.execute(imports).ended).toMatchObject({ end: 'failure' });
      const { error } = await harness.run(
        "() => globalThis[Symbol.for('grid.task-context')].getStore().uploadedPath('data')",
      );
      expect(error).toMatchObject({ code: 'GRID_WORKER_NO_UPLOAD' });
    });

    it('ends each of many tasks once', async () => {
      const functionId = harness.define('(x) => x * 2');
      const outcomes = await Promise.all(
        Array.from({ length: 3000 }, (_, index) => harness.execute(functionId, [index], { estimateMs: 0.004 }).ended),
      );
      expect(outcomes.every(({ value }, index) => value === index * 2)).toBe(true);
    });
  });
}
