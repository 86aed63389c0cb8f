import { isGridError } from '@grid/common';
import { expect, it } from '@jest/globals';
import { __Name__Error } from './errors.js';

it('is told apart by its code', () => {
  const error = new __Name__Error('GRID___NAME___CLOSED', 'used after close: open a new one');
  expect(isGridError(error, 'GRID___NAME___CLOSED')).toBe(true);
});
