import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { installedVersions } from './installed-versions.js';
import { runtimeVersions } from './runtime-versions.js';

const root = mkdtempSync(join(tmpdir(), 'grid-versions-'));
afterAll(() => rmSync(root, { recursive: true }));

function install(folder: string, name: string, manifest: string): void {
  const place = join(root, folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), manifest);
}

describe('installedVersions', () => {
  it('finds what modules of a folder would import, and loads nothing', () => {
    install('', 'outer', '{"version":"1.0.0","exports":{}}');
    install('', '@scope/inner', '{"version":"1.0.0"}');
    install('app', '@scope/inner', '{"version":"2.0.0-rc.1"}');
    install('app', 'broken', '{');
    const folder = join(root, 'app');
    expect(installedVersions(folder, ['outer', '@scope/inner', 'broken', 'missing', '__proto__'])).toEqual(
      Object.fromEntries([
        ['outer', '1.0.0'],
        ['@scope/inner', '2.0.0-rc.1'],
        ['broken', null],
        ['missing', null],
        ['__proto__', null],
      ]),
    );
    expect(installedVersions(root, ['@scope/inner'])).toEqual({ '@scope/inner': '1.0.0' });
  });
});

describe('runtimeVersions', () => {
  it('says what this process runs on', () => {
    const { grid, ...rest } = runtimeVersions();
    const { node, v8 } = process.versions;
    expect(rest).toEqual({ node, v8, platform: `${process.platform}-${process.arch}` });
    expect(grid).toMatch(/^\d+\.\d+\.\d+/);
  });
});
