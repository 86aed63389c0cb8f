/* 47 and 50: errors that come back, and what kind of objects come back. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../case.js';
import { failLater } from '../own/helpers.js';

/** Where a frame is: the name of its function, and the source text that it points at. */
function pointedAt(frame: string): { readonly name: string; readonly text: string } {
  const [, name = '', file = '', line, column] =
    /at (?:async )?(\S+) \((?:file:\/\/)?(.*?):(\d+):(\d+)\)/.exec(frame) ?? [];
  const text = readFileSync(file, 'utf8').split('\n')[Number(line) - 1] ?? '';
  return { name, text: text.slice(Number(column) - 1) };
}

export const errors: readonly Case[] = [
  {
    title: '47 the stack of an error points into the own files',
    fn: function outermost() {
      return failLater('deep');
    },
    thrown: (error, { ending }) => {
      const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
      const places = frames.map(pointedAt);
      return (
        error instanceof RangeError &&
        error.message === 'deep down' &&
        isDeepStrictEqual(
          places.map(({ name }) => name),
          ['fail', 'failLater', 'outermost'],
        ) &&
        frames.every((frame) => frame.includes(`${ending}:`)) &&
        /^new RangeError\(message\)/.test(places[0]?.text ?? '') &&
        /^fail\(`/.test(places[1]?.text ?? '') &&
        // Compilers may map a call through a namespace to where its arguments begin.
        /^(?:failLater|\(0, .*failLater\))?\(['"]deep['"]\)/.test(places[2]?.text ?? '')
      );
    },
  },
  {
    title: '50 results are of the realm of the program',
    fn: () => ({ list: [1], map: new Map(), date: new Date(0), bytes: new Uint8Array(1), error: new RangeError('x') }),
    check: (value: { list: unknown; map: unknown; date: unknown; bytes: unknown; error: unknown }) =>
      Object.getPrototypeOf(value) === Object.prototype &&
      value.list instanceof Array &&
      value.map instanceof Map &&
      value.date instanceof Date &&
      value.bytes instanceof Uint8Array &&
      value.error instanceof RangeError,
  },
];
