import { describe, expect, it } from '@jest/globals';

import { readOptions } from './example-options.js';

const EXAMPLE = { name: 'example', about: 'An example.' };

describe('readOptions', () => {
  it('starts two workers unless told otherwise', async () => {
    expect(await readOptions([], EXAMPLE)).toEqual({ workers: 2 });
    expect(await readOptions(['--workers', '4'], EXAMPLE)).toEqual({ workers: 4 });
  });

  it('takes the address and the token file of a cluster of somebody else', async () => {
    const args = ['--scheduler', 'tcp://10.0.0.5:8786', '--token-file', 'secret'];
    expect(await readOptions(args, EXAMPLE)).toMatchObject({ scheduler: 'tcp://10.0.0.5:8786', tokenFile: 'secret' });
  });
});
