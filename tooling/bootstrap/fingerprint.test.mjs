import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprintOfInstall, fingerprintOfSources } from './fingerprint.mjs';

let root = '';

const write = (path, text = 'text') => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'grid-fingerprint-'));
  write('pnpm-lock.yaml');
  write('packages/one/package.json', '{}');
  write('packages/one/src/index.ts');
});

afterEach(() => rmSync(root, { recursive: true }));

describe('fingerprintOfSources', () => {
  it.each([
    ['a source is edited', () => utimesSync(join(root, 'packages/one/src/index.ts'), 1, 1)],
    ['a source is added', () => write('packages/one/src/more.ts')],
    ['a source is removed', () => rmSync(join(root, 'packages/one/src/index.ts'))],
    ['a tool is edited', () => write('tooling/tsup/preset.ts')],
  ])('changes when %s', (_case, change) => {
    const before = fingerprintOfSources(root);
    change();
    expect(fingerprintOfSources(root)).not.toBe(before);
  });

  it.each([
    ['a build writes its output', () => write('packages/one/dist/index.js')],
    ['a test is edited', () => write('packages/one/src/index.test.ts')],
  ])('stays when %s', (_case, change) => {
    const before = fingerprintOfSources(root);
    change();
    expect(fingerprintOfSources(root)).toBe(before);
  });
});

describe('fingerprintOfInstall', () => {
  it.each([
    ['the lockfile changes', () => write('pnpm-lock.yaml', 'other')],
    ['a manifest changes', () => write('packages/one/package.json', '{"name":"one"}')],
    ['a package is added', () => write('packages/two/package.json', '{}')],
  ])('changes when %s', (_case, change) => {
    const before = fingerprintOfInstall(root);
    change();
    expect(fingerprintOfInstall(root)).not.toBe(before);
  });

  it('stays when only a source changes', () => {
    const before = fingerprintOfInstall(root);
    write('packages/one/src/index.ts', 'other');
    expect(fingerprintOfInstall(root)).toBe(before);
  });
});
