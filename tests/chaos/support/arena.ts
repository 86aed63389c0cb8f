import type { Client } from '@grid/client';
import type { LocalCluster, LocalClusterOptions } from '@grid/deploy';
import { startRig, type Rig } from '@grid/integration-tests/support/start-cluster.js';
import { until } from '@grid/integration-tests/support/until.js';

import { LeakCheck } from './leak-check.js';

/** Where something goes wrong on purpose: a cluster of real processes, a client, and an eye on what they leave behind. */
export class Arena implements AsyncDisposable {
  readonly check: LeakCheck;
  readonly #rig: Rig;
  #isClosed = false;

  private constructor(check: LeakCheck, rig: Rig) {
    this.check = check;
    this.#rig = rig;
  }

  /** Two workers of one thread each, started anew by their nannies, unless told otherwise. */
  static async open(options: LocalClusterOptions = {}): Promise<Arena> {
    const check = LeakCheck.begin();
    try {
      return new Arena(check, await startRig({ memoryLimit: '512 MiB', ...options }));
    } catch (error) {
      check[Symbol.dispose]();
      throw error;
    }
  }

  get client(): Client {
    return this.#rig.client;
  }

  get cluster(): LocalCluster {
    return this.#rig.cluster;
  }

  /** The process of a worker that lives. */
  pid(name: string): number {
    return this.cluster.workers.get(name)?.pid ?? 0;
  }

  /** The processes of all workers that live. */
  get pids(): number[] {
    return [...this.cluster.workers.values()].flatMap(({ pid }) => pid ?? []);
  }

  /** Waits until the scheduler has no task, and no worker a result, of all that was let go of. */
  async expectNoTasks(): Promise<void> {
    await until('the scheduler has forgotten all tasks', async () => {
      const { tasks } = await this.client.schedulerInfo();
      return Object.values(tasks).every((count) => count === 0);
    });
    await until('no worker holds anything', async () => {
      const { workers } = await this.client.schedulerInfo();
      return Object.values(workers).every(({ metrics }) => (metrics.memoryBreakdown?.managed ?? 0) === 0);
    });
  }

  /** Everybody leaves; nothing may stay. */
  async expectCleanEnd(): Promise<void> {
    await this.#close();
    await this.check.expectNothingLeft();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#close();
    } finally {
      this.check[Symbol.dispose]();
    }
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#rig[Symbol.asyncDispose]();
  }
}
