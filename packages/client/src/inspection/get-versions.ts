import { installedVersions, runtimeVersions } from '@grid/common/machine';
import { VERSIONS_FEATURE, type Facts } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { schedulerInfo } from './inspect-cluster.js';

/** What a process runs on; `null` for what it does not say. */
export interface ProcessVersions {
  /** Of this library. */
  readonly grid: string | null;
  readonly node: string | null;
  readonly v8: string | null;
  /** Operating system and processor: `linux-x64`. */
  readonly platform: string | null;
  /** Of the packages that were asked for; `null` for those that are not installed. */
  readonly packages: Readonly<Record<string, string | null>>;
}

/** What the parts of a cluster run on. */
export interface ClusterVersions {
  readonly client: ProcessVersions;
  /** A scheduler runs no user code, so it is not asked for packages. */
  readonly scheduler: ProcessVersions;
  /** By address. */
  readonly workers: Readonly<Record<string, ProcessVersions>>;
}

/** Something in which versions may differ. */
export type VersionTopic = 'grid' | 'node' | 'v8' | 'platform' | 'packages';

export interface GetVersionsOptions {
  /**
   * What has to be the same everywhere; `true`: all of it. Default: nothing.
   * @throws {@link ClientError} `GRID_CLIENT_VERSION_MISMATCH`
   */
  readonly check?: boolean | readonly VersionTopic[];
  /** Packages to ask for, on this client and on all workers. */
  readonly packages?: readonly string[];
}

const TOPICS = ['grid', 'node', 'v8', 'platform', 'packages'] as const;

/** The largest number of processes that a text names. */
const NAMED_MAX = 5;

/** One process, for comparing. */
type Named = readonly [name: string, versions: ProcessVersions];

/** Tells what all processes of a cluster run on, and refuses what differs where that is asked for. */
export async function getVersions(
  parts: ClientParts,
  { check = false, packages = [] }: GetVersionsOptions,
): Promise<ClusterVersions> {
  const info = await schedulerInfo(parts);
  const installed = packages.length === 0 ? {} : await packagesOfWorkers(parts, packages);
  const workers = Object.entries(info.workers).map(([address, about]): Named => [
    address,
    versionsOf(about.versions, packages, installed[address] ?? {}),
  ]);
  const client = versionsOf({ ...runtimeVersions() }, packages, installedVersions(process.cwd(), packages));
  const scheduler = versionsOf(info.versions, [], {});
  const versions = { client, scheduler, workers: Object.fromEntries(workers) };
  const topics = check === true ? TOPICS : check === false ? [] : check;
  refuseMismatches([['client', client], ['scheduler', scheduler], ...workers], topics);
  return versions;
}

async function packagesOfWorkers(parts: ClientParts, packages: readonly string[]): Promise<Record<string, Facts>> {
  if (!(await parts.requests.features()).includes(VERSIONS_FEATURE)) return {};
  const { workers } = await parts.requests.request({ op: 'package-versions', packages });
  return Object.fromEntries(workers.map((row) => [row.worker, row.packages]));
}

function versionsOf(facts: Facts, names: readonly string[], packages: Facts): ProcessVersions {
  return {
    grid: textOf(facts['grid']),
    node: textOf(facts['node']),
    v8: textOf(facts['v8']),
    platform: textOf(facts['platform']),
    packages: Object.fromEntries(names.map((name) => [name, textOf(packages[name])])),
  };
}

function textOf(fact: unknown): string | null {
  return typeof fact === 'string' ? fact : null;
}

function refuseMismatches(processes: readonly Named[], topics: readonly VersionTopic[]): void {
  const mismatches = topics.flatMap((topic) => {
    if (topic !== 'packages')
      return mismatchOf(
        topic,
        processes.map(([name, versions]) => [name, versions[topic]]),
      );
    const users = processes.filter(([name]) => name !== 'scheduler');
    const names = Object.keys(users[0]?.[1].packages ?? {});
    return names.flatMap((name) =>
      mismatchOf(
        name,
        users.map(([user, { packages }]) => [user, packages[name] ?? null]),
      ),
    );
  });
  if (mismatches.length === 0) return;
  const text = mismatches.map(({ what, found }) => `\n  ${what}: ${found}`).join('');
  throw new ClientError(
    'GRID_CLIENT_VERSION_MISMATCH',
    `the cluster does not run on the same everywhere:${text}\n  fix: install the same versions, or name in 'check' only what has to agree`,
    { details: { mismatches } },
  );
}

interface Mismatch {
  readonly what: string;
  /** `v20.1.0 (client, scheduler), v22.3.0 (tcp://…)`. */
  readonly found: string;
}

function mismatchOf(what: string, values: readonly (readonly [process: string, version: string | null])[]): Mismatch[] {
  const byVersion = new Map<string, string[]>();
  for (const [process, version] of values) {
    const text = version ?? 'unknown or not installed';
    byVersion.set(text, [...(byVersion.get(text) ?? []), process]);
  }
  // What nobody has cannot be right either.
  if (byVersion.size === 1 && values[0]?.[1] !== null) return [];
  const found = Array.from(byVersion, ([version, processes]) => `${version} (${listOf(processes)})`).join(', ');
  return [{ what, found }];
}

function listOf(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return [...names.slice(0, NAMED_MAX), ...(more > 0 ? [`${String(more)} more`] : [])].join(', ');
}
