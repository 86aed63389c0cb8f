/* 36 to 40: what cannot travel, and what the error says. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Case } from '../case.js';
import { loadUser } from '../own/database.js';
import { Circle } from '../own/shapes.js';

declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object };

/** A function that captures `value` and does nothing else. */
const keeping = (value: unknown) => () => value;

class Field {
  n = 5;
  arrow = (): number => this.n;
  outer(): () => number {
    return () => this.n;
  }
}
const detached = Circle.prototype.describe;
function argumentsUser(..._all: number[]): () => number {
  const outer = (): number => arguments.length;
  return outer;
}
function* upTo(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i;
}
const timer = setTimeout(() => undefined, 1);
clearTimeout(timer);

/** Has the variable that it captures, but never a value for it. */
const early = ((): (() => number) => {
  const found: (() => number)[] = [];
  try {
    found.push(() => late);
    JSON.parse('{');
    const late = 1;
  } catch {
    // The declaration is never reached.
  }
  return found[0] as () => number;
})();

const refused = (title: string, value: unknown, reason: string, says?: RegExp): Case => ({
  title,
  fn: keeping(value),
  refused: reason,
  ...(says && { says }),
});

export const refusals: readonly Case[] = [
  refused('36 socket', new Socket(), 'HANDLE', /Socket/),
  refused('36 stream', Readable.from([]), 'HANDLE', /Readable/),
  refused('36 timer', timer, 'HANDLE', /Timeout/),
  refused('36 emitter', new EventEmitter(), 'HANDLE', /EventEmitter/),
  refused('36 AsyncLocalStorage', new AsyncLocalStorage(), 'HANDLE', /AsyncLocalStorage/),
  refused('36 hash', createHash('sha256'), 'HANDLE', /Hash/),
  refused('36 fs.Stats', statSync('/'), 'HANDLE', /Stats/),
  {
    title: '36 FileHandle',
    refused: 'HANDLE',
    says: /FileHandle/,
    run: async ({ call }) => {
      const file = await open(process.execPath);
      try {
        await call(keeping({ deep: [file] }));
      } finally {
        await file.close();
      }
    },
  },
  {
    title: '37 socket three levels deep behind a helper',
    fn: () => loadUser(),
    refused: 'HANDLE',
    says: /function 'fn'.*\n.*variable '[\w.]*loadUser'[^]*variable 'db' → \.pool → \.primary → \.conn/,
  },

  refused('38 Promise', Promise.resolve(1), 'PROMISE'),
  refused('38 Proxy', new Proxy({ x: 1 }, {}), 'PROXY'),
  refused('38 WeakMap', new WeakMap(), 'WEAK'),
  refused('38 WeakRef', new WeakRef({}), 'WEAK'),
  refused('38 SharedArrayBuffer', new SharedArrayBuffer(8), 'SAB'),
  refused('38 running generator', upTo(3), 'GENERATOR'),
  refused('38 Intl.NumberFormat', new Intl.NumberFormat('en'), 'HANDLE', /NumberFormat/),
  refused(
    '38 WebAssembly.Module',
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
    'HANDLE',
    /Module/,
  ),
  refused('38 AbortController', new AbortController(), 'HANDLE', /AbortController/),
  refused('38 Blob', new Blob(['x']), 'HANDLE', /Blob/),
  refused('38 Headers', new Headers(), 'HANDLE', /Headers/),

  { title: "39 arrow with 'this'", fn: new Field().outer(), refused: 'THIS', says: /const \{ n \} = this/ },
  { title: '39 arrow of a class field', fn: new Field().arrow, refused: 'THIS' },
  { title: "39 method with 'super' on its own", fn: detached, refused: 'SUPER' },
  { title: "39 'arguments' from outside", fn: argumentsUser(1, 2), refused: 'ARGS' },

  { title: '40 variable before its declaration', fn: early, refused: 'TDZ', says: /'late', which has no value yet/ },
];
