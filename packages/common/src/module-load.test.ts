import { describe, expect, it } from '@jest/globals';

import { refuseWhileLoadingModule, whileLoadingModule } from './module-load.js';

const REFUSED = { code: 'GRID_COMMON_MODULE_LOAD', details: { file: 'jobs.ts' } };

describe('while a module is loaded', () => {
  it('what is refused fails the load, and the text names the file', () => {
    const load = (): unknown => whileLoadingModule('jobs.ts', () => refuseWhileLoadingModule('connect a client'));
    expect(load).toThrow(expect.objectContaining(REFUSED));
    expect(load).toThrow(/cannot connect a client while a worker loads 'jobs\.ts'/);
  });

  it('what is refused fails the load, also if the module catches it', () => {
    const quiet = (): number => {
      try {
        refuseWhileLoadingModule('connect a client');
      } catch {
        return 1;
      }
      return 2;
    };
    expect(() => whileLoadingModule('jobs.ts', quiet)).toThrow(expect.objectContaining(REFUSED));
  });

  it('what is refused after the module has waited fails the load too', async () => {
    const late = async (): Promise<void> => {
      await Promise.resolve();
      refuseWhileLoadingModule('connect a client');
    };
    await expect(whileLoadingModule('jobs.ts', late)).rejects.toMatchObject(REFUSED);
    const quiet = (): Promise<void> => late().catch(() => {});
    await expect(whileLoadingModule('jobs.ts', quiet)).rejects.toMatchObject(REFUSED);
  });

  it("errors and results of the module's own come through as they are", async () => {
    const own = new RangeError('own');
    expect(whileLoadingModule('jobs.ts', () => 5)).toBe(5);
    expect(await whileLoadingModule('jobs.ts', async () => 6)).toBe(6);
    const fails = (): never => {
      throw own;
    };
    expect(() => whileLoadingModule('jobs.ts', fails)).toThrow(own);
    await expect(whileLoadingModule('jobs.ts', () => Promise.reject(own))).rejects.toBe(own);
  });
});

it('nothing is refused outside of a load, nor after it', () => {
  expect(() => refuseWhileLoadingModule('connect a client')).not.toThrow();
  whileLoadingModule('jobs.ts', () => 1);
  expect(() => refuseWhileLoadingModule('connect a client')).not.toThrow();
});
