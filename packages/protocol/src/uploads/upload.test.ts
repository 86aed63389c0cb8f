import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { posix } from 'node:path';

import { MessageCodec } from '../wire/message-codec.js';
import { checkUploadName, checkUploadPath, splitUploadPath } from './upload-path.js';
import { checkUpload, hashUpload, type Upload, type UploadFile } from './upload.js';

const BAD = { code: 'GRID_PROTOCOL_BAD_UPLOAD' };

function isRefused(check: () => void): boolean {
  try {
    check();
    return false;
  } catch (error) {
    expect(error).toMatchObject(BAD);
    return true;
  }
}

function file(path: string, text = ''): UploadFile {
  return { path, bytes: Buffer.from(text) };
}

/** Texts that are likely to lead somewhere else. */
const parts = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    'a',
    'node_modules',
    '...',
    '..a',
    '~',
    'C:',
    '\\',
    'a\\b',
    '\u0000',
    '\n',
    'a b',
    'é',
  ),
  fc.string({ maxLength: 6 }),
);
const paths = fc.array(parts, { maxLength: 6 }).map((list) => list.join('/'));

describe('the path of a file in an upload', () => {
  it('that is accepted lies inside of the folder that it is put into, on any system', () => {
    fc.assert(
      fc.property(paths, (path) => {
        if (isRefused(() => checkUploadPath(path))) return;
        expect(posix.join('/base', path)).toBe(`/base/${path}`);
        expect(path).not.toMatch(/[\\:\n]/);
      }),
    );
  });

  it.each(['a', 'a/b.txt', 'a b/ü', '..a/...', '@scope/x', 'a.b', '~/x'])('may be %j', (path) => {
    expect(() => checkUploadPath(path)).not.toThrow();
  });

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '..',
    '../a',
    'a/../../b',
    './a',
    'a\\b',
    'C:/a',
    'a\nb',
    'a\u0000b',
    'x'.repeat(256),
  ])('may not be %j', (path) => {
    expect(isRefused(() => checkUploadPath(path))).toBe(true);
  });
});

describe('the name of an upload', () => {
  it.each(['jobs.mjs', 'my-lib', '@scope/lib', 'a b'])('may be %j', (name) => {
    expect(() => checkUploadName(name)).not.toThrow();
  });

  it.each(['', '.', '..', 'a/b', '@/a', '@scope/', '@scope/a/b', '@scope/..', 'a\nb', 'a:b', '/a'])(
    'may not be %j',
    (name) => {
      expect(isRefused(() => checkUploadName(name))).toBe(true);
    },
  );

  it('is told from the path behind it', () => {
    expect(splitUploadPath('a/b/c')).toEqual({ name: 'a', path: 'b/c' });
    expect(splitUploadPath('@s/a/b')).toEqual({ name: '@s/a', path: 'b' });
    expect(splitUploadPath('a')).toEqual({ name: 'a', path: '' });
  });
});

describe('an upload', () => {
  const upload = (files: readonly UploadFile[], kind: Upload['kind'] = 'directory'): Upload => ({
    name: 'n',
    kind,
    files,
  });

  it.each([
    ['no files', upload([])],
    ['a file of two', upload([file('a'), file('b')], 'file')],
    ['a file twice', upload([file('a'), file('a')])],
    ['files out of order', upload([file('b'), file('a')])],
    ['a file where a folder is', upload([file('a'), file('a/b')])],
    ['a path that leads out', upload([file('../a')])],
    ['a name that leads out', { ...upload([file('a')]), name: '../n' }],
    ['too many files', upload(Array.from({ length: 10_001 }, (_, i) => file(String(i).padStart(6, '0'))))],
  ])('with %s is refused', (_, bad) => {
    expect(isRefused(() => checkUpload(bad))).toBe(true);
  });

  it('has a hash that tells any two apart, and no more than that', async () => {
    const contents = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'ab', 'a/b'), fc.uint8Array({ maxLength: 4 })), {
      maxLength: 3,
    });
    const kinds = fc.constantFrom<Upload['kind']>('file', 'directory', 'package');
    const uploads = fc.record({ name: fc.constantFrom('n', 'm'), kind: kinds, contents });
    await fc.assert(
      fc.asyncProperty(uploads, uploads, async (one, other) => {
        const text = ({ name, kind, contents: files }: typeof one): string =>
          JSON.stringify([kind, kind === 'package' ? name : '', files.map(([path, bytes]) => [path, [...bytes]])]);
        const hash = ({ name, kind, contents: files }: typeof one): Promise<string> =>
          hashUpload({ name, kind, files: files.map(([path, bytes]) => ({ path, bytes })) });
        expect((await hash(one)) === (await hash(other))).toBe(text(one) === text(other));
      }),
    );
  });

  it('of many bytes is hashed in turns, so that others go on meanwhile', async () => {
    const files = [{ path: 'a', bytes: new Uint8Array(9 * 2 ** 20) }];
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const whole = await hashUpload(upload(files));
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(whole).toMatch(/^[0-9a-f]{64}$/);
  });
});

it('messages of uploads carry small and large files', () => {
  const codec = new MessageCodec();
  const files = [file('a', 'small'), file('b', 'x'.repeat(10_000))];
  const message = { op: 'upload', name: 'n', kind: 'directory', hash: 'h', files } as const;
  const [envelope] = codec.decode(codec.encode([{ message, requestId: 1 }]));
  expect(envelope?.message).toMatchObject({ op: 'upload', files: files.map(({ path }) => ({ path })) });
  const received = (envelope?.message as unknown as { files: UploadFile[] }).files.map(({ bytes }) =>
    Buffer.from(bytes).toString(),
  );
  expect(received).toEqual(['small', 'x'.repeat(10_000)]);
});
