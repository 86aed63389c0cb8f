/* 9 to 12 and 41: what packages and Node itself bring along. */
import { rmSync, writeFileSync } from 'node:fs';
import * as cryptoModule from 'node:crypto';
import fs, { existsSync, readFile } from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import { join } from 'node:path';
import { inspect, isDeepStrictEqual, promisify } from 'node:util';
import * as acorn from 'acorn';
import { parse } from 'acorn';
import { Encoder, encode } from '@msgpack/msgpack';
import dayjs from 'dayjs';
import lodash from 'lodash';
import semver, { SemVer, valid } from 'semver';
import parseVersion from 'semver/functions/parse.js';
import { z } from 'zod';
import type { Case } from '../case.js';
import { nameOf } from '../own/helpers.js';
import type { World } from '../world.js';

const pathJoin = join;
const table = { run: encode, name: 'encode' };
const schema = z.object({ a: z.number() });
const day = dayjs('2026-01-02');
const memoized = lodash.memoize((x: number) => x + 1);
const promisified = promisify(readFile);
const madeInPackage = new Encoder().encode.bind(undefined);

/** A package that lies beside the program, as it is loaded there. */
function ownPackage({ connection }: World, name: string): { readonly triple: (x: number) => number } {
  return createRequire(join(connection.folder, 'x.js'))(name) as { triple: (x: number) => number };
}

export const packages: readonly Case[] = [
  { title: '9 default export of CommonJS', fn: () => semver.inc('1.2.3', 'minor'), expect: '1.3.0' },
  { title: '9 named export of CommonJS', fn: () => valid('v1.2.3'), expect: '1.2.3' },
  { title: '9 class of CommonJS', fn: () => new SemVer('1.2.3').minor, expect: 2 },
  { title: '9 whole module of CommonJS', fn: () => lodash.chunk([1, 2, 3], 2), expect: [[1, 2], [3]] },
  { title: '9 function in a data structure', fn: () => table.run(1).length, expect: 1 },

  { title: '10 named export', fn: () => parse('1', { ecmaVersion: 2020 }).type, expect: 'Program' },
  { title: '10 namespace', fn: () => acorn.parse('1', { ecmaVersion: 2020 }).type, expect: 'Program' },
  { title: '10 class', fn: () => new Encoder().encode(1).length, expect: 1 },
  { title: '10 deep path', fn: () => parseVersion('1.2.3')?.patch, expect: 3 },
  {
    title: '10 package that has only ES modules',
    run: async ({ call }) => {
      const { toJson } = await import('hyparquet');
      const result = await call(() => toJson({ n: 5n }));
      if (!isDeepStrictEqual(result, { n: 5 })) throw new Error(`gives ${inspect(result)}`);
    },
  },
  {
    title: '10 package that is not on the worker',
    refused: 'NOPKG',
    says: /package 'vanishing' \(1\.0\.0 where the function comes from\) is not installed/,
    run: async (world) => {
      const { triple } = ownPackage(world, 'vanishing');
      const result = world.call((x: number) => triple(x), 2);
      // The function is captured, and has not left this process yet.
      rmSync(join(world.connection.folder, 'node_modules/vanishing'), { recursive: true });
      await result;
      throw new Error('it ran');
    },
  },
  {
    title: '10 other version on the worker',
    refused: 'PKGVER',
    says: /package 'changing' is 2\.0\.0 here .* and 1\.0\.0 where the function comes from/,
    run: async (world) => {
      const { triple } = ownPackage(world, 'changing');
      const result = world.call((x: number) => triple(x), 2);
      const manifest = JSON.stringify({ name: 'changing', version: '2.0.0', main: 'index.cjs' });
      writeFileSync(join(world.connection.folder, 'node_modules/changing/package.json'), manifest);
      await result;
      throw new Error('it ran');
    },
  },

  { title: '11 namespace of Node', fn: () => os.EOL, expect: os.EOL },
  {
    title: '11 default and named export of Node',
    fn: () => fs.existsSync('/') && existsSync('/'),
    expect: true,
  },
  { title: '11 function of Node in a variable', fn: () => pathJoin('a', 'b'), expect: join('a', 'b') },
  { title: '11 Node behind a helper', fn: () => nameOf('/x/y'), expect: 'y' },
  {
    title: '11 method of what Node makes',
    fn: () => cryptoModule.createHash('md5').update('').digest('hex').length,
    expect: 32,
  },

  {
    title: '12 import() of Node',
    fn: async () => (await import('node:path')).basename('/a/b'),
    expect: 'b',
  },
  { title: '12 import() of a package', fn: async () => typeof (await import('acorn')).parse, expect: 'function' },
  {
    title: '12 import() of an own file is refused, unless that is bundled in',
    fn: async () => (await import('../own/more-helpers.js')).factor,
    refused: 'IMPORT',
    says: /more-helpers/,
    expect: 7,
  },

  { title: '41 schema of zod', fn: () => schema.parse({ a: 1 }), refused: 'PKGLOCAL', says: /zod/ },
  { title: '41 date of dayjs', fn: () => day.year(), refused: 'PKGLOCAL', says: /dayjs/ },
  { title: '41 memoized function', fn: () => memoized(1), refused: 'PKGLOCAL', says: /lodash/ },
  { title: '41 promisified function', fn: () => promisified, refused: 'NATIVE', says: /promisify/ },
  { title: '41 bound function of a package', fn: () => madeInPackage, refused: 'PKGLOCAL', says: /msgpack/ },
];
