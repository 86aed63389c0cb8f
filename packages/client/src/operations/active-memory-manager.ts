import type { MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { requireReplicas } from './require-replicas.js';

/**
 * What looks after copies of results on the cluster: every two seconds it has those dropped that nobody needs. It is the
 * same for all clients.
 *
 * @source dask.distributed `AMMClientProxy`, as `client.amm`.
 */
export class ActiveMemoryManager {
  readonly #parts: ClientParts;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Has it run by itself, as it does from the start on unless the scheduler was told otherwise. */
  async start(): Promise<void> {
    await this.#ask('start');
  }

  /** Has it not run by itself any more. */
  async stop(): Promise<void> {
    await this.#ask('stop');
  }

  /** Has it run once, now. What workers are asked to do goes on after this has resolved. */
  async runOnce(): Promise<void> {
    await this.#ask('run-once');
  }

  /** Whether it runs by itself. */
  async running(): Promise<boolean> {
    return this.#ask('ask');
  }

  async #ask(action: MessageWith<'memory-manager'>['action']): Promise<boolean> {
    const parts = this.#parts;
    parts.assertOpen('amm');
    await requireReplicas(parts);
    parts.outbox.closeBatch();
    return (await parts.requests.request({ op: 'memory-manager', action })).isRunning;
  }
}
