import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import type { Facts } from '@grid/protocol';

/** One line of a dump: `record` says what it is, `server` whose: `scheduler`, or the address of a worker. */
export type DumpRecord = Facts & {
  readonly record: 'scheduler' | 'worker' | 'task' | 'step';
  readonly server?: string;
};

/** Files of this kind begin with these bytes. */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * What a cluster knew when it was dumped: for looking into it later, elsewhere.
 *
 * @example
 * ```ts
 * const dump = await ClusterDump.read('dump.ndjson.gz');
 * console.log(dump.tasks({ state: 'processing', server: 'scheduler' }).map(({ key }) => key));
 * ```
 *
 * @source dask.distributed `DumpArtefact`.
 */
export class ClusterDump {
  readonly records: readonly DumpRecord[];

  constructor(records: readonly DumpRecord[]) {
    this.records = records;
  }

  /** Reads a file that `dumpClusterState` wrote. */
  static async read(file: string | URL): Promise<ClusterDump> {
    const bytes = await readFile(file);
    const isZipped = GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
    return ClusterDump.parse(isZipped ? await promisify(gunzip)(bytes) : bytes);
  }

  /** @internal */
  static parse(bytes: Uint8Array): ClusterDump {
    const lines = new TextDecoder().decode(bytes).split('\n');
    return new ClusterDump(lines.filter((line) => line !== '').map((line) => JSON.parse(line) as DumpRecord));
  }

  /** What the scheduler said of itself and its workers; see `Client.schedulerInfo`. */
  get scheduler(): Facts {
    return this.records.find(({ record }) => record === 'scheduler') ?? {};
  }

  /** What each worker said of itself, by its address; those that did not answer are missing. */
  get workers(): Readonly<Record<string, Facts>> {
    const workers = this.records.filter(({ record }) => record === 'worker');
    return Object.fromEntries(workers.map((worker) => [worker.server ?? '', worker]));
  }

  /** Tasks as the scheduler and workers saw them, of which all of these hold. */
  tasks(filter: { readonly state?: string; readonly key?: string; readonly server?: string } = {}): DumpRecord[] {
    const wanted = Object.entries(filter);
    return this.records.filter(
      (row) => row.record === 'task' && wanted.every(([name, value]) => value === undefined || row[name] === value),
    );
  }

  /** The steps of these tasks, or of all, by time. */
  story(...keys: readonly string[]): DumpRecord[] {
    return this.records
      .filter(({ record, key }) => record === 'step' && (keys.length === 0 || keys.some((wanted) => wanted === key)))
      .sort((a, b) => Number(a['at']) - Number(b['at']));
  }
}
