import { afterAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { encode } from '@msgpack/msgpack';
import { FunctionEncoder } from '../../src/index.js';
import type { CaptureNode } from '../../src/index.js';

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

const rates = new Float64Array(100_000);
const limits = { low: 1, high: 5, password: 'hunter2' };
const normalise = (x: number): number => Math.max(limits.low, Math.min(limits.high, x));
const environment = process.env;

class Model {
  readonly weights = [1, 2, 3];

  predict(x: number): number {
    return normalise(x) * this.weights.length;
  }
}

const model = new Model();
const handlers = { pack: (x: unknown) => encode(x), deep: { path: (name: string) => join('/', name) } };

function score(i: number): unknown {
  console.log(environment['HOME']);
  return [normalise(rates[i] ?? 0), model.predict(i), handlers.pack(handlers.deep.path('x'))];
}

function childOf(node: CaptureNode, ...names: readonly string[]): CaptureNode {
  return names.reduce((at, name) => {
    const found = at.children.find((child) => child.name === name);
    if (found === undefined) throw new Error(`no ${name} in ${at.children.map((child) => child.name).join()}`);
    return found;
  }, node);
}

describe('the report of a function', () => {
  const report = encoder.explain(score);

  test('has a node for each variable, with what it is and how large', () => {
    expect(report.root).toMatchObject({ name: 'score', type: 'function', travels: 'value' });
    expect(report.root.place).toMatch(/test\/functions\/explain\.test\.ts:\d+$/);
    expect(childOf(report.root, 'rates')).toMatchObject({ type: 'Float64Array(100000)', travels: 'value' });
    expect(childOf(report.root, 'rates').bytes).toBeGreaterThanOrEqual(800_000);
    expect(childOf(report.root, 'rates').bytes).toBeLessThan(800_100);
    expect(childOf(report.root, 'normalise', 'limits')).toMatchObject({
      type: 'Object',
      travels: 'value',
      children: [],
    });
  });

  test('counts everything: a node is at least as large as all below it', () => {
    const check = (node: CaptureNode): void => {
      const below = node.children.reduce((sum, child) => sum + child.bytes, 0);
      if (node.travels === 'value') expect(node.bytes).toBeGreaterThanOrEqual(below);
      node.children.forEach(check);
    };
    check(report.root);
    const { payload } = encoder.capture(score);
    const sent = payload.buffers.reduce((sum, buffer) => sum + buffer.byteLength, payload.body.byteLength);
    expect(report.bytes).toBeGreaterThan(sent * 0.99);
    expect(report.bytes).toBeLessThan(sent * 1.01);
  });

  test('follows functions and classes inside of data', () => {
    expect(childOf(report.root, 'handlers', '.deep.path')).toMatchObject({ type: 'function' });
    expect(childOf(report.root, 'model')).toMatchObject({ type: 'Model' });
    expect(childOf(report.root, 'model', '.constructor')).toMatchObject({ type: 'class Model', travels: 'value' });
  });

  test('tells what each process loads for itself, and what it has', () => {
    expect(childOf(report.root, 'handlers', '.pack', 'encode')).toMatchObject({
      travels: 'reference',
      reference: expect.stringMatching(/^encode of @msgpack\/msgpack@\d/),
    });
    expect(childOf(report.root, 'handlers', '.deep.path', 'join').reference).toBe('join of node:path');
    expect(childOf(report.root, 'environment')).toMatchObject({ type: 'process.env', travels: 'global', bytes: 0 });
    expect(report.references).toEqual([expect.stringMatching(/^@msgpack\/msgpack@/), 'node:path']);
    expect(report.globals).toEqual(expect.arrayContaining(['Math', 'console', 'process.env']));
  });

  test('says of what is there already that it is sent once', () => {
    const twice = encoder.explain(() => [rates, score]);
    expect(childOf(twice.root, 'score', 'rates')).toMatchObject({ travels: 'shared', bytes: 0 });
  });

  test('prints itself as a tree, and never a value', () => {
    const text = inspect(report);
    expect(text).toBe(report.toString());
    expect(text).toMatch(/^score {2,}function \(\S*test\/functions\/explain\.test\.ts:\d+\) +\d+\.\d KiB$/m);
    expect(text).toMatch(/^├─ rates {2,}Float64Array\(100000\) +781\.\d KiB$/m);
    expect(text).toMatch(/^│ {2}└─ limits {2,}Object +\d+ B$/m);
    expect(text).toMatch(/^loaded by the worker: @msgpack\/msgpack@[\d.]+, node:path$/m);
    expect(text + JSON.stringify(report)).not.toContain('hunter2');
  });
});

test('values are explained like functions', () => {
  const report = encoder.explain([{ task: normalise }, new Map([[1, 2]])]);
  expect(report.root).toMatchObject({ name: 'value', type: 'Array(2)', bytes: report.bytes });
  expect(childOf(report.root, '[0].task', 'limits').travels).toBe('value');
  expect(encoder.explain(7)).toMatchObject({ root: { type: 'number', children: [] }, problem: undefined });
});

test('what stands for something else is not looked into', () => {
  const promise = Promise.resolve();
  expect(encoder.explain([promise]).problem).toMatchObject({ reason: 'PROMISE' });
  const referenceOf = (value: object): number | undefined => (value === promise ? 0 : undefined);
  expect(encoder.explain([promise], { referenceOf }).problem).toBeUndefined();
});

test('a function of the language is the worker’s own', () => {
  expect(encoder.explain(Math.max).root).toMatchObject({ travels: 'global', type: 'Math.max', bytes: 0 });
});

describe('where something cannot travel', () => {
  const server = createServer();
  const open = { server };
  const listen = (): unknown => open.server.address();
  const report = encoder.explain(() => [rates, listen()]);

  test('the report says so at its place, and has the error that sending would give', () => {
    expect(report.problem?.reason).toBe('HANDLE');
    expect(report.problem?.message).toMatch(/'open\.server' is an instance of Node's Server/);
    expect(childOf(report.root, 'listen', 'open').problem).toMatch(/Node's Server/);
    expect(report.toString()).toMatch(/└─ open +✗ Object: it is an instance of Node's Server/);
    expect(report.toString()).toContain('fix: open it inside the function');
  });

  test('no size is claimed for what was not looked at to the end', () => {
    expect(report.toString()).toMatch(/^\(no name\) +function \([^)]*\)$/m);
    expect(report.toString()).toMatch(/rates +Float64Array\(100000\) +781\.\d KiB/);
  });
});

test('explaining changes nothing about what is sent later', () => {
  class Fresh {
    readonly a = 1;
  }
  const value = new Fresh();
  const fn = (): unknown => value;
  const other = new FunctionEncoder();
  const before = other.capture(fn).hash;
  encoder.explain(fn);
  expect(encoder.capture(fn).hash).toBe(before);
  other.close();
});
