import { parseDuration, type Duration } from '@grid/common';
import type { LifetimeOptions } from '@grid/worker-core';

import { DeployError } from '../errors.js';

/** How long workers are to live that are processes of their own. */
export interface WorkerLifetime {
  /** A worker leaves in order after so long, its results moved first. Default: never. */
  readonly lifetime?: Duration;
  /** It leaves earlier or later by up to so much, by chance, so that not all leave at once. Default: 0. */
  readonly lifetimeStagger?: Duration;
  /** Whether its nanny starts another worker then. Default: `false`. */
  readonly lifetimeRestart?: boolean;
}

/** @throws {@link DeployError} `GRID_DEPLOY_BAD_OPTION` */
export function lifetimeOf(options: WorkerLifetime & { readonly nanny?: boolean }): LifetimeOptions | null {
  const { lifetime, lifetimeStagger = 0, lifetimeRestart: restart = false, nanny = true } = options;
  if (lifetime === undefined) return null;
  const [lifetimeMs, staggerMs] = [parseDuration(lifetime), parseDuration(lifetimeStagger)];
  if (lifetimeMs <= 0 || staggerMs > lifetimeMs)
    throw bad('lifetime is more than 0, lifetimeStagger not more than that');
  if (restart && !nanny) throw bad('lifetimeRestart needs nannies');
  return { lifetimeMs, staggerMs, restart };
}

function bad(text: string): DeployError {
  return new DeployError('GRID_DEPLOY_BAD_OPTION', text, { details: { option: 'lifetime' } });
}
