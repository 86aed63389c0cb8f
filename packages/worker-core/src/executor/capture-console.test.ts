import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { captureConsole } from './capture-console.js';
import { taskContextStorage, type TaskContext } from './task-context.js';

const written: string[] = [];
// As much of a context as is asked for.
const context = {
  write: (source: string, text: string) => written.push(`${source} ${text}`),
} as unknown as TaskContext;
const inTask = (run: () => void): void => taskContextStorage().run(context, run);

afterEach(() => {
  written.length = 0;
  jest.restoreAllMocks();
});

describe('captureConsole', () => {
  it('tells tasks of what they write, in any form, and writes it all the same', () => {
    const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const end = captureConsole();
    try {
      inTask(() => {
        process.stdout.write('text\n');
        process.stdout.write(new Uint8Array([104, 105]));
        process.stdout.write('6869', 'hex');
        process.stdout.write('with callback', () => undefined);
      });
      process.stdout.write('outside of tasks');
    } finally {
      end();
    }
    expect(written).toEqual(['stdout text\n', 'stdout hi', 'stdout hi', 'stdout with callback']);
    expect(write).toHaveBeenCalledTimes(5);
  });

  it('leaves everything as it was when the last has ended it', () => {
    const before = [process.stdout, process.stderr].map((stream) => Object.getOwnPropertyDescriptor(stream, 'write'));
    const { write } = process.stderr;
    const ends = [captureConsole(), captureConsole()];
    for (const end of ends) {
      expect(process.stderr.write).not.toBe(write);
      end();
      end();
    }
    const after = [process.stdout, process.stderr].map((stream) => Object.getOwnPropertyDescriptor(stream, 'write'));
    expect(after).toEqual(before);
  });
});
