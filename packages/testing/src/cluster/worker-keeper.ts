import type { SimLoop } from '../host/sim-loop.js';
import type { WorkerPlan, WorldPlan } from '../plan/world-plan.js';
import type { SimCluster } from './sim-cluster.js';

/** How often it is looked for workers that have ended, in milliseconds. */
const LOOK_MS = 50;
/** How long to wait before a worker is started again once it is quiet, in milliseconds. */
const QUIET_RESTART_MS = 100;

/** Starts workers when it is time, and starts those again that have ended: what a nanny or an operator does. */
export class WorkerKeeper {
  readonly #cluster: SimCluster;
  readonly #loop: SimLoop;
  readonly #plan: WorldPlan;
  /** Workers that are about to start, and when. */
  readonly #starting = new Map<WorkerPlan, number>();
  #restartMs: number | null;
  #isStopped = false;

  constructor(cluster: SimCluster, loop: SimLoop, plan: WorldPlan) {
    this.#cluster = cluster;
    this.#loop = loop;
    this.#plan = plan;
    this.#restartMs = plan.settings.restartMs;
  }

  /** Whether every worker of the plan is in the cluster. */
  get isComplete(): boolean {
    if (!this.#cluster.hasScheduler) return false;
    const known = this.#cluster.scheduler.server.state.workersById;
    const living = this.#cluster.livingWorkers.filter(({ server }) => known.has(server.workerId));
    return living.length === this.#plan.workers.length;
  }

  start(): void {
    for (const plan of this.#plan.workers) this.#startAt(plan, plan.joinAt);
    this.#look();
  }

  /** From now on whoever has ended is started again soon. */
  hurry(): void {
    this.#restartMs = QUIET_RESTART_MS;
  }

  stop(): void {
    this.#isStopped = true;
  }

  #look(): void {
    if (this.#isStopped) return;
    const living = new Set(this.#cluster.livingWorkers.map(({ plan }) => plan));
    for (const plan of this.#plan.workers) {
      if (living.has(plan)) continue;
      const startAt = this.#starting.get(plan);
      if (startAt === undefined || startAt < this.#loop.now - LOOK_MS) {
        if (this.#restartMs !== null) this.#startAt(plan, this.#loop.now + this.#restartMs);
      }
    }
    this.#loop.after(this.#loop.outside, LOOK_MS, 'look', () => this.#look());
  }

  #startAt(plan: WorkerPlan, at: number): void {
    this.#starting.set(plan, at);
    this.#cluster.startWorker(plan, at);
  }
}
