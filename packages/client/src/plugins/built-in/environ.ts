import { BUILT_IN, type BuiltInMark } from '../built-in-mark.js';
import type { NannyPlugin } from '../plugin-types.js';

/** How {@link Environ} goes about it. */
export interface EnvironOptions {
  /** Whether workers are started anew, so that they have the variables at once. Default: `true`. */
  readonly restart?: boolean;
}

/**
 * Variables of the environment of all workers that have nannies.
 *
 * @example
 * ```ts
 * await client.registerPlugin(new Environ({ AWS_REGION: 'eu-central-1' }));
 * ```
 *
 * @source dask.distributed `Environ`.
 */
export class Environ implements NannyPlugin {
  readonly kind = 'nanny';
  readonly name: string;
  readonly restart: boolean;
  /** @internal */
  readonly [BUILT_IN]: BuiltInMark;

  /** @param env - Numbers and flags are written as texts. */
  constructor(env: Readonly<Record<string, string | number | boolean>>, options: EnvironOptions = {}) {
    this.restart = options.restart ?? true;
    const texts = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
    this.name = `environ-${Object.keys(env).join('-')}`;
    this[BUILT_IN] = { name: 'environ', options: { env: texts } };
  }
}
