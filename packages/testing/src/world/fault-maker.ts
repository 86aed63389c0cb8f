import { SIM_MEMORY_LIMIT, type SimCluster, type SimWorker } from '../cluster/sim-cluster.js';
import type { SimLoop } from '../host/sim-loop.js';
import type { SimProcess } from '../host/sim-process.js';
import type { SimLine } from '../network/sim-line.js';
import type { Fault, WorldSettings } from '../plan/world-plan.js';
import type { WorldHistory } from './outcome-rules.js';
import type { SimClient } from './sim-client.js';

export interface FaultMakerParts {
  readonly cluster: SimCluster;
  readonly loop: SimLoop;
  readonly clients: readonly SimClient[];
  readonly history: WorldHistory;
  readonly settings: WorldSettings;
}

/** With so much of its memory in use a worker is paused. */
const FULL = 0.9;

/** Makes things go wrong. What is not there any more cannot. */
export class FaultMaker {
  readonly #parts: FaultMakerParts;

  constructor(parts: FaultMakerParts) {
    this.#parts = parts;
  }

  make(fault: Fault): void {
    this.#parts.history.faults += 1;
    switch (fault.kind) {
      case 'kill-scheduler':
        return this.#killScheduler(fault.downMs);
      case 'kill-worker':
        return this.#killWorker(fault.worker, fault.isHostGone);
      case 'close-worker':
        return this.#closeWorker(fault.worker);
      case 'stop': {
        const process = this.#processNamed(fault.process);
        if (process !== undefined)
          process.stoppedUntil = Math.max(process.stoppedUntil, this.#parts.loop.now + fault.forMs);
        return;
      }
      case 'cut-line':
        this.#lineDrawn(fault.draw)?.cut(fault.tellMs);
        return;
      case 'hold-line': {
        const line = this.#lineDrawn(fault.draw);
        if (line !== undefined) line.heldUntil = this.#parts.loop.now + fault.forMs;
        return;
      }
      case 'fill-memory':
        return this.#fillMemory(fault.worker, fault.forMs);
      case 'fill-disk':
      case 'slow-disk':
      case 'damage-disk':
        return this.#harmDisk(fault);
      case 'kill-client': {
        const client = this.#parts.clients[fault.client];
        if (client?.isOpen === true) this.#parts.cluster.kill(client.process);
      }
    }
  }

  /** One that has not been started again yet cannot die. */
  #killScheduler(downMs: number): void {
    const { cluster, loop, history, settings } = this.#parts;
    const { settleMs, orphanGraceMs } = settings.scheduler;
    if (settleMs === undefined && orphanGraceMs === undefined) history.harmlessEnds += 1;
    if (cluster.scheduler.process.isDead) return;
    cluster.kill(cluster.scheduler.process);
    loop.after(loop.outside, downMs, 'start', () => cluster.startScheduler());
  }

  #killWorker(name: string, isHostGone: boolean): void {
    const worker = this.#workerNamed(name);
    if (worker !== undefined) this.#parts.cluster.kill(worker.process, isHostGone);
  }

  #closeWorker(name: string): void {
    const worker = this.#workerNamed(name);
    if (worker === undefined) return;
    this.#parts.loop.after(worker.process, 0, 'close', () => void worker.server.close('it was told to'));
  }

  #fillMemory(name: string, forMs: number): void {
    const worker = this.#workerNamed(name);
    if (worker === undefined) return;
    const { process } = worker;
    const bytes = SIM_MEMORY_LIMIT * FULL;
    process.unmanagedBytes += bytes;
    this.#parts.loop.after(this.#parts.loop.outside, forMs, 'memory', () => {
      process.unmanagedBytes -= bytes;
    });
  }

  #harmDisk(fault: Extract<Fault, { readonly kind: `${string}-disk` }>): void {
    const disk = this.#workerNamed(fault.worker)?.disk;
    if (disk === undefined || disk === null) return;
    const until = 'forMs' in fault ? this.#parts.loop.now + fault.forMs : 0;
    if (fault.kind === 'fill-disk') disk.fullUntil = until;
    else if (fault.kind === 'slow-disk') disk.slowUntil = until;
    else disk.damage();
  }

  #workerNamed(name: string): SimWorker | undefined {
    return this.#parts.cluster.livingWorkers.find(({ plan }) => plan.name === name);
  }

  #processNamed(name: string): SimProcess | undefined {
    const { cluster, clients } = this.#parts;
    if (name === 'scheduler') return cluster.scheduler.process;
    return this.#workerNamed(name)?.process ?? clients.find(({ process }) => process.name === name)?.process;
  }

  #lineDrawn(draw: number): SimLine | undefined {
    const { lines } = this.#parts.cluster.network;
    return lines[Math.floor(draw * lines.length)];
  }
}
