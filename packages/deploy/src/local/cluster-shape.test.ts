import { describe, expect, it } from '@jest/globals';
import { asBytes } from '@grid/common';
import fc from 'fast-check';

import { fitCluster } from './cluster-shape.js';

const GIB = 2 ** 30;
const machine = (cpus: number): { cpus: number; memory: ReturnType<typeof asBytes> } => ({
  cpus,
  memory: asBytes(16 * GIB),
});

describe('fitCluster', () => {
  it.each([
    [1, 1, 1],
    [2, 2, 1],
    [4, 4, 1],
    [8, 4, 2],
    [16, 4, 4],
    [36, 6, 6],
  ])('makes of %i cores %i workers of %i threads', (cpus, workers, threadsPerWorker) => {
    expect(fitCluster(machine(cpus), {})).toMatchObject({ workers, threadsPerWorker });
  });

  it('gives each worker a share of the memory by its threads', () => {
    expect(fitCluster(machine(4), { nWorkers: 2 })).toEqual({ workers: 2, threadsPerWorker: 2, memoryLimit: 8 * GIB });
  });

  it('takes what it is told, also more than there are cores', () => {
    expect(fitCluster(machine(2), { nWorkers: 3, threadsPerWorker: 4, memoryLimit: '1 GiB' })).toEqual({
      workers: 3,
      threadsPerWorker: 4,
      memoryLimit: GIB,
    });
  });

  it('never asks for more threads than there are cores, nor leaves out all of them, unless told so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), (cpus) => {
        const { workers, threadsPerWorker } = fitCluster(machine(cpus), {});
        expect(workers * threadsPerWorker).toBeLessThanOrEqual(cpus);
        expect(workers * threadsPerWorker).toBeGreaterThan(0);
      }),
    );
  });

  it('refuses sizes that make no sense, and names the option', () => {
    expect(() => fitCluster(machine(2), { nWorkers: -1 })).toThrow(
      expect.objectContaining({ details: { option: 'nWorkers', value: -1 } }),
    );
    expect(() => fitCluster(machine(2), { threadsPerWorker: 0 })).toThrow(
      expect.objectContaining({ code: 'GRID_DEPLOY_BAD_OPTION' }),
    );
  });
});
