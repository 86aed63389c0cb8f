import { parseDuration, type Duration, type OptionNames } from '@grid/common';
import { keyPrefix } from '@grid/graph';
import { PROFILE_FEATURE, type MessageWith } from '@grid/protocol';

import { checkOptionNames, checkWorkers } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import type { Future } from '../future.js';
import { mergeProfiles, type ClusterProfile } from './profile-node.js';
import { writeProfile } from './write-profile.js';

/** Which samples are wanted, and where they go. */
export interface ProfileOptions {
  /**
   * Only of tasks with these prefixes, such as the name of their function: `'inc'`. A future or a whole key stands for all
   * tasks of its prefix. Default: all tasks.
   */
  readonly key?: Future<unknown> | string | readonly (Future<unknown> | string)[];
  /** Only from then on: a time, or how long ago, such as `'30 s'`. Default: all that is kept. */
  readonly start?: Date | Duration;
  /** Only up to then. Default: now. */
  readonly stop?: Date | Duration;
  /** Addresses, names or hosts. Default: all workers. */
  readonly workers?: string | readonly string[];
  /** Of the event loops of workers, which move messages, in place of tasks. Default: `false`. */
  readonly server?: boolean;
  /** Of the scheduler's event loop. Default: `false`. */
  readonly scheduler?: boolean;
  /** A file to write it to besides, `NAME.cpuprofile`: Chrome's developer tools, VS Code and speedscope open it. */
  readonly filename?: string | URL;
}

const OPTIONS: OptionNames<ProfileOptions> = {
  key: true,
  start: true,
  stop: true,
  workers: true,
  server: true,
  scheduler: true,
  filename: true,
};

/** What threads were doing when they were looked at. */
export async function profile(parts: ClientParts, options: ProfileOptions): Promise<ClusterProfile> {
  parts.assertOpen('profile');
  checkOptionNames(options, OPTIONS);
  const { workers = [], filename } = options;
  const file = filename instanceof URL ? filename.pathname : filename;
  if (file !== undefined && !file.endsWith('.cpuprofile'))
    throw bad('filename', `${file} does not end with .cpuprofile, by which programs know what it is`);
  const message: MessageWith<'profile'> = {
    op: 'profile',
    of: whoseOf(options),
    workers: checkWorkers(workers),
    prefixes: prefixesOf(options.key),
    from: timeOf(options.start),
    to: timeOf(options.stop),
  };
  if (message.from !== null && message.to !== null && message.from >= message.to)
    throw bad('start', 'start is not before stop');
  await assertProfiles(parts);
  const { servers } = await parts.requests.request(message);
  const merged = mergeProfiles(servers, (stack) => parts.opener.mapStack(stack));
  if (filename !== undefined) await writeProfile(merged, filename);
  return merged;
}

function whoseOf({
  key,
  workers,
  server = false,
  scheduler = false,
}: ProfileOptions): 'tasks' | 'workers' | 'scheduler' {
  if (server && scheduler) throw bad('scheduler', 'it is either server or scheduler: ask twice');
  if ((server || scheduler) && key !== undefined) throw bad('key', 'event loops run no tasks: leave out key');
  if (scheduler && workers !== undefined) throw bad('workers', 'there is one scheduler: leave out workers');
  return scheduler ? 'scheduler' : server ? 'workers' : 'tasks';
}

function prefixesOf(key: ProfileOptions['key']): string[] | null {
  if (key === undefined) return null;
  const keys: readonly unknown[] = Array.isArray(key) ? (key as unknown[]) : [key];
  return keys.map((one) => {
    const text = typeof one === 'string' ? one : (one as { readonly key?: unknown } | null)?.key;
    if (typeof text !== 'string' || text === '')
      throw bad('key', 'key is a prefix, a key or a future, or a list of such');
    return keyPrefix(text);
  });
}

function timeOf(time: Date | Duration | undefined): number | null {
  if (time === undefined) return null;
  return time instanceof Date ? time.getTime() : Date.now() - parseDuration(time);
}

async function assertProfiles(parts: ClientParts): Promise<void> {
  if ((await parts.requests.features()).includes(PROFILE_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_UNSUPPORTED', 'profile: the scheduler does not know of profiles; update it');
}

function bad(option: string, text: string): ClientError {
  return new ClientError('GRID_CLIENT_BAD_OPTION', text, { details: { option } });
}
