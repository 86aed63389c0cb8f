import { AppError, durationFlag } from '@grid/app-kit';
import type { LifetimeOptions } from '@grid/worker-core';

import type { WorkerArguments } from './options.js';

/** What the flags mean of how long the worker is to live; `null`: for ever. */
export function lifetimeOf(args: WorkerArguments): LifetimeOptions | null {
  const { lifetime, 'lifetime-stagger': stagger, 'lifetime-restart': restart, nanny } = args;
  if (lifetime === undefined) return null;
  if (restart && !nanny)
    throw new AppError('GRID_APP_BAD_OPTION', '--lifetime-restart needs a nanny; leave out --no-nanny');
  const [lifetimeMs, staggerMs] = [durationFlag('lifetime', lifetime), durationFlag('lifetime-stagger', stagger)];
  if (lifetimeMs <= 0 || staggerMs > lifetimeMs)
    throw new AppError('GRID_APP_BAD_OPTION', '--lifetime is more than 0, and --lifetime-stagger not more than that');
  return { lifetimeMs, staggerMs, restart };
}
