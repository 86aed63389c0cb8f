import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

import { NO_UPLOADS, UploadPlaces, type UploadPlace } from './upload-places.js';

const folder = mkdtempSync(join(tmpdir(), 'grid-places-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'tools/lib'), { recursive: true });
for (const path of ['jobs.mjs', 'tools/index.mjs', 'tools/lib/a.js']) writeFileSync(join(folder, path), '');

function place(name: string, kind: UploadPlace['kind'], path: string, problem = ''): UploadPlace {
  return { name, kind, path: path === '' ? '' : join(folder, path), problem };
}

const places = new UploadPlaces({
  places: [
    place('jobs.mjs', 'file', 'jobs.mjs'),
    place('@me/tools', 'package', 'tools'),
    place('bad', 'package', '', 'disk full'),
  ],
  packagesFolder: folder,
});

describe('uploads', () => {
  it('are found by name, and files in folders by their path', () => {
    expect(places.find('jobs.mjs')).toEqual({ file: join(folder, 'jobs.mjs') });
    expect(places.find('@me/tools')).toEqual({ file: join(folder, 'tools') });
    expect(places.find('@me/tools/lib/a.js')).toEqual({ file: join(folder, 'tools/lib/a.js') });
  });

  it('are modules themselves, or by the file that stands for a folder', () => {
    expect(places.findModule('jobs.mjs')).toEqual({ file: join(folder, 'jobs.mjs') });
    expect(places.findModule('@me/tools')).toEqual({ file: join(folder, 'tools/index.mjs') });
    expect(places.findModule('@me/tools/lib').problem).toMatch(/is a folder without index\.js/);
  });

  it('that are not there are told with what is', () => {
    expect(places.find('job.mjs').problem).toMatch(/no upload 'job\.mjs' \(there are jobs\.mjs, @me\/tools, bad\)/);
    expect(places.find('@me/tools/b.js').problem).toMatch(/'@me\/tools' has no 'b\.js'/);
    expect(places.find('jobs.mjs/x').problem).toMatch(/is a file and has no 'x'/);
    expect(places.find('bad/x').problem).toMatch(/could not be stored: disk full/);
    expect(new UploadPlaces(NO_UPLOADS).find('a').problem).toMatch(/nothing was uploaded.*client\.uploadFile/);
  });

  it('do not let a path lead out of them', () => {
    expect(() => places.find('@me/tools/../jobs.mjs')).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_UPLOAD' }),
    );
  });

  it('are packages only where they are here', () => {
    expect(['@me/tools', 'jobs.mjs', 'bad', 'other'].map((name) => places.hasPackage(name))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
