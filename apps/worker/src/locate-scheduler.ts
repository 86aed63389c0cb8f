import { durationFlag } from '@grid/app-kit';
import { readSchedulerFile } from '@grid/rpc';

import type { WorkerArguments } from './options.js';

/** The flags, with the address that is in the scheduler's file; the file is waited for, as the scheduler would be. */
export async function locateScheduler(args: WorkerArguments): Promise<WorkerArguments> {
  const { scheduler, 'scheduler-file': file } = args;
  if (scheduler !== undefined || file === undefined) return args;
  return {
    ...args,
    scheduler: await readSchedulerFile(file, { timeoutMs: durationFlag('death-timeout', args['death-timeout']) }),
  };
}
