import { describe, expect, test } from '@jest/globals';
import { withoutOwnFrames } from './stack-frames.js';

const TASK = '    at score (grid-task:///0123456789abcdef/home/me/jobs.ts:4:9)';
const PACKAGE = '    at parse (file:///srv/worker/node_modules/zod/v4/core/parse.js:9:17)';
const GRID = '    at TaskLoop.run (file:///srv/worker/node_modules/@grid/worker-core/dist/thread.js:9:17)';
const ASYNC_GRID = '    at async TaskLoop.run (/srv/worker/node_modules/@grid/worker-core/dist/thread.js:9:17)';

function framesOf(...frames: readonly string[]): string[] {
  return withoutOwnFrames(['RangeError: no', ...frames].join('\n'))
    .split('\n')
    .slice(1);
}

describe('of a stack', () => {
  test('frames of the user and of the packages that the user calls stay', () => {
    expect(framesOf(PACKAGE, TASK, GRID)).toEqual([PACKAGE, TASK]);
  });

  test('frames of this library go, wherever they stand', () => {
    expect(framesOf(GRID, TASK, ASYNC_GRID, TASK, GRID)).toEqual([TASK, TASK]);
  });

  test('frames of the event loop go, and so do those that called the outermost function of the user', () => {
    const read = '    at async readFile (node:internal/fs/promises:639:25)';
    const map = '    at Array.map (<anonymous>)';
    const turn = '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)';
    const store = '    at AsyncLocalStorage.run (node:async_hooks:346:14)';
    const emit = '    at Socket.emit (node:events:518:28)';
    expect(framesOf(turn, read, map, TASK, store, emit, GRID)).toEqual([read, map, TASK]);
  });

  test('lines of the message stay, whatever they look like', () => {
    const message = 'Error: look at this (file:///srv/node_modules/@grid/x/dist/a.js:1:1)\nat node:internal/timers:1:1';
    expect(withoutOwnFrames(`${message}\n${TASK}\n${GRID}`)).toBe(`${message}\n${TASK}`);
  });
});

describe('a stack without anything of the user', () => {
  test('stays whole: it may tell of a fault of this library', () => {
    const stack = `TypeError: x is not a function\n${GRID}`;
    expect(withoutOwnFrames(stack)).toBe(stack);
  });

  test('goes if the error is one of this library, whose text says all', () => {
    const stack = `WorkerError [GRID_WORKER_THREAD_LOST]: the thread ended\n  fix: look\n${GRID}`;
    expect(withoutOwnFrames(stack)).toBe('WorkerError [GRID_WORKER_THREAD_LOST]: the thread ended\n  fix: look');
  });
});
