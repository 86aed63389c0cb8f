import type { WorkerRecord } from '../../core/records.js';
import type { PlacementParts, Placements } from './placements.js';
import { Retirement, type RetirementOutcome, type RetirementParts } from './retirement.js';

/** Workers that are to leave in order. */
export class Retirements {
  readonly #placements: Placements;
  readonly #parts: RetirementParts & PlacementParts;
  readonly #open = new Map<WorkerRecord, Retirement>();

  constructor(placements: Placements, parts: RetirementParts & PlacementParts) {
    this.#placements = placements;
    this.#parts = parts;
  }

  /**
   * Has workers made ready to leave, all at once, so that none of them gets what another one has to give. A worker that is
   * being retired already is not retired twice. Never rejects.
   *
   * @returns An outcome for each, in their order.
   */
  async retire(workers: readonly WorkerRecord[], timeoutMs: number): Promise<readonly RetirementOutcome[]> {
    const endsAt = this.#parts.now() + timeoutMs;
    const retirements = workers.map((worker) => this.#open.get(worker) ?? this.#create(worker, endsAt));
    this.#placements.begin(retirements);
    return Promise.all(retirements.map(({ outcome }) => outcome));
  }

  #create(worker: WorkerRecord, endsAt: number): Retirement {
    const retirement = new Retirement(worker, endsAt, this.#parts);
    this.#open.set(worker, retirement);
    void retirement.outcome.then(() => this.#open.delete(worker));
    return retirement;
  }
}
