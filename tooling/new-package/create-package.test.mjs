import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createPackage } from './create-package.mjs';

const repository = new URL('../../', import.meta.url);
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'grid-new-package-'));
  for (const path of ['tooling/layers/layers.json', 'packages/common/package.json'])
    cpSync(new URL(path, repository), join(root, path));
});

afterEach(() => rmSync(root, { recursive: true }));

const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

it('names the package, its error and its codes after the name', () => {
  createPackage(root, { name: 'deploy-ssh', uses: [], description: 'Starts workers over ssh.' });
  expect(json('packages/deploy-ssh/package.json')).toMatchObject({
    name: '@grid/deploy-ssh',
    description: 'Starts workers over ssh.',
    version: json('packages/common/package.json').version,
  });
  const errors = readFileSync(join(root, 'packages/deploy-ssh/src/errors.ts'), 'utf8');
  expect(errors).toContain('class DeploySshError extends GridError<DeploySshErrorCode>');
  expect(errors).toContain("'GRID_DEPLOY_SSH_CLOSED'");
});

it('gives the package a layer that lists what it depends on', () => {
  createPackage(root, { name: 'made-here', uses: ['graph'], description: '' });
  expect(json('tooling/layers/layers.json')['made-here']).toEqual({ uses: ['common', 'graph'] });
  expect(Object.keys(json('packages/made-here/package.json').dependencies)).toEqual(['@grid/common', '@grid/graph']);
});

it('leaves no placeholder behind', () => {
  const files = createPackage(root, { name: 'made-here', uses: [], description: '' });
  for (const file of files) expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/__[a-z]+__/i);
});

it.each([
  ['a name that is taken', { name: 'graph', uses: [] }],
  ['a name that is no package name', { name: 'Graph Tools', uses: [] }],
  ['a layer that does not exist', { name: 'made-here', uses: ['nothing'] }],
])('writes nothing for %s', (_case, options) => {
  expect(() => createPackage(root, { ...options, description: '' })).toThrow(TypeError);
  expect(existsSync(join(root, 'packages', options.name, 'package.json'))).toBe(false);
});
