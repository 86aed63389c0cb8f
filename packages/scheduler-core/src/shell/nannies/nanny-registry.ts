import type { Link } from '@grid/rpc';

import type { WorkerExit } from '../../core/worker-exit.js';

/** A nanny's line, as the registry knows it. */
export interface NannyPeer {
  /** The instance id of this life of the nanny, which its workers name. */
  readonly id: string;
  readonly name: string;
  readonly link: Link;
  /**
   * Has the worker ended and another one started; resolves with the instance id of that one.
   *
   * @throws what the nanny answered, or `GRID_RPC_TIMEOUT`, `GRID_RPC_CLOSED`
   */
  restart(reason: string, timeoutMs: number): Promise<string>;
}

/** What a worker said of its process when it registered. */
export interface WorkerOfNanny {
  readonly nanny: string | null;
  readonly pid: number;
}

interface KnownNanny {
  readonly peer: NannyPeer;
  /** How its last process ended. */
  lastExit: { readonly pid: number; readonly exit: WorkerExit } | null;
  /** Ends the wait for the end of its present process. */
  wake: (() => void) | null;
}

/**
 * The line of a process breaks in the same moment in which its nanny sees it end. Where it is the network that broke, there
 * is nothing to wait for.
 */
const EXIT_TIMEOUT_MS = 500;

/** The nannies that are there, and what they have said of the ends of workers. */
export class NannyRegistry {
  readonly #nannies = new Map<string, KnownNanny>();

  get count(): number {
    return this.#nannies.size;
  }

  /** The nannies that are there. */
  get peers(): readonly NannyPeer[] {
    return Array.from(this.#nannies.values(), ({ peer }) => peer);
  }

  add(peer: NannyPeer): void {
    this.#nannies.set(peer.id, { peer, lastExit: null, wake: null });
  }

  remove({ id }: NannyPeer): void {
    const known = this.#nannies.get(id);
    this.#nannies.delete(id);
    known?.wake?.();
  }

  /** The nanny of a worker, if it has one that is there. */
  of({ nanny }: WorkerOfNanny): NannyPeer | null {
    return (nanny === null ? undefined : this.#nannies.get(nanny)?.peer) ?? null;
  }

  /** A nanny has seen the process of a worker end. */
  tell({ id }: NannyPeer, pid: number, exit: WorkerExit): void {
    const known = this.#nannies.get(id);
    if (known === undefined) return;
    known.lastExit = { pid, exit };
    known.wake?.();
  }

  /** Whether somebody may say how this worker ended; it may take a moment. */
  mayTell(worker: WorkerOfNanny): boolean {
    return this.of(worker) !== null;
  }

  /** How the process of a worker ended; `null` if nobody says so in time. Never rejects. */
  async exitOf({ nanny, pid }: WorkerOfNanny): Promise<WorkerExit | null> {
    const known = nanny === null ? undefined : this.#nannies.get(nanny);
    if (known === undefined) return null;
    if (known.lastExit?.pid !== pid) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, EXIT_TIMEOUT_MS);
        known.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      known.wake = null;
    }
    return known.lastExit?.pid === pid ? known.lastExit.exit : null;
  }
}
