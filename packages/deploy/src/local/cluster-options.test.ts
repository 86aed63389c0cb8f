import { describe, expect, it } from '@jest/globals';

import { checkClusterOptions, type LocalClusterOptions } from './cluster-options.js';

const refused = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'GRID_DEPLOY_BAD_OPTION', message: expect.stringMatching(message) as unknown });

describe('options of a local cluster', () => {
  it('are what they say', () => {
    expect(() =>
      checkClusterOptions({ nWorkers: 2, memoryLimit: '1 GiB', clientTtl: null, lifetime: '2h' }),
    ).not.toThrow();
  });

  it.each<[RegExp, object]>([
    [/^there is no option workers; there are nWorkers, /, { workers: 2 }],
    [/^options are an object/, [2]],
    [/^option memoryLimit: 'much' is not a size/, { memoryLimit: 'much' }],
    [/^option lifetime: 'long' is not a duration/, { lifetime: 'long' }],
    [/^option workerTtl: '30' is not a duration/, { workerTtl: '30' }],
  ])('are refused with %s', (message, options) => {
    expect(() => checkClusterOptions(options as LocalClusterOptions)).toThrow(refused(message));
  });
});
