import type { WorkerRecord } from '../../core/records.js';

/** A worker's number and address, as peers are told of it. */
export interface WorkerPart {
  readonly id: number;
  readonly address: string;
}

/** Collects those workers that a peer has not been told of. */
export class WorkerParts {
  readonly parts: WorkerPart[] = [];
  readonly #introduced: Set<number>;

  /** @param introduced - Numbers that the peer knows; this adds to it. */
  constructor(introduced: Set<number>) {
    this.#introduced = introduced;
  }

  /** The worker's number, introduced with this message if need be. */
  numberOf(worker: WorkerRecord): number {
    if (!this.#introduced.has(worker.id)) {
      this.#introduced.add(worker.id);
      this.parts.push({ id: worker.id, address: worker.about.address });
    }
    return worker.id;
  }
}
