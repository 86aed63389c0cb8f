import type { PreloadOptions } from '@grid/plugins';

import { DeployError } from '../errors.js';

/** Modules that are loaded first: paths, as seen from the cluster's `root`, and names of packages that are installed there. */
export interface ClusterPreloads {
  /** Into the scheduler. */
  readonly scheduler?: readonly string[];
  /** Into each worker. */
  readonly worker?: readonly string[];
  /** For each nanny, of which there is one a worker; into this process, where they live. */
  readonly nanny?: readonly string[];
  /** What each `setup` is given as its second argument. */
  readonly argv?: readonly string[];
}

/** What each part of a cluster is to load. */
export type PreloadsOfParts = Readonly<Record<'scheduler' | 'worker' | 'nanny', PreloadOptions>>;

const NAMES: readonly string[] = ['scheduler', 'worker', 'nanny', 'argv'];

/** @throws {@link DeployError} `GRID_DEPLOY_BAD_OPTION` */
export function preloadsOf(
  { preload = {} }: { readonly preload?: ClusterPreloads },
  { root, hasNannies }: { readonly root: string; readonly hasNannies: boolean },
): PreloadsOfParts {
  for (const [name, value] of Object.entries(preload) as [string, unknown][]) {
    const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
    if (!NAMES.includes(name)) throw bad(`preload.${name} is unknown; there are ${NAMES.join(', ')}`);
    if (value !== undefined && !isList) throw bad(`preload.${name} is a list of texts`);
  }
  const { scheduler = [], worker = [], nanny = [], argv = [] } = preload;
  if (nanny.length > 0 && !hasNannies)
    throw bad('preload.nanny needs nannies; leave out nanny: false and processes: false');
  const load = (modules: readonly string[]): PreloadOptions => ({ modules, argv, root });
  return { scheduler: load(scheduler), worker: load(worker), nanny: load(nanny) };
}

function bad(text: string): DeployError {
  return new DeployError('GRID_DEPLOY_BAD_OPTION', text, { details: { option: 'preload' } });
}
