import { describe, expect, it } from '@jest/globals';

import { acquireMessage } from '../core/testing/messages.js';
import { checkAcquireReplicas } from './check-acquire-replicas.js';

const good = acquireMessage([
  [1, [2, 3]],
  [4, []],
]);

describe('checkAcquireReplicas', () => {
  it('lets a message through whose columns fit together', () => {
    expect(() => checkAcquireReplicas(good)).not.toThrow();
  });

  it.each([
    ['sizes of too few', { ...good, sizes: [8] }],
    ['holders of too few', { ...good, holders: { ends: [2], ids: [2, 3] } }],
    ['ends that go back', { ...good, holders: { ends: [2, 1], ids: [2, 3] } }],
    ['holders that are not there', { ...good, holders: { ends: [2, 3], ids: [2, 3] } }],
  ])('refuses %s', (_, message) => {
    expect(() => checkAcquireReplicas(message)).toThrow(expect.objectContaining({ code: 'GRID_WORKER_BAD_MESSAGE' }));
  });
});
