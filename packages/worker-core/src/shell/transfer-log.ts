/** Values that went from one worker to another, or to a client. */
export interface Transfer {
  /** When it was asked for, in milliseconds since the epoch. */
  readonly at: number;
  /** The address of the other side; `client` for a client. */
  readonly peer: string;
  /** How many values. */
  readonly count: number;
  readonly bytes: number;
  /** Milliseconds until all was here; `null` for what went out, of which this side does not see the end. */
  readonly ms: number | null;
}

/** Less says more about the machine's other work than about the network, in bytes. */
const MEASURED_BYTES_MIN = 1_000_000;

/** What a new measurement counts beside all before. */
const WEIGHT = 0.2;

/** So many of each direction are kept at least, and less than twice as many. */
const KEPT_MAX = 1000;

/**
 * The last transfers to this worker and from it.
 *
 * @source dask.distributed `Worker.transfer_incoming_log`, `Worker.transfer_outgoing_log`
 */
export class TransferLog {
  readonly #incoming: Transfer[] = [];
  readonly #outgoing: Transfer[] = [];

  #bandwidth = 0;

  /** Bytes a second of large transfers from peers; 0 before there was one. */
  get bandwidth(): number {
    return Math.round(this.#bandwidth);
  }

  cameIn(transfer: Transfer & { readonly ms: number }): void {
    const { bytes, ms } = transfer;
    if (bytes >= MEASURED_BYTES_MIN && ms > 0) {
      const measured = (bytes / ms) * 1000;
      this.#bandwidth = this.#bandwidth === 0 ? measured : (1 - WEIGHT) * this.#bandwidth + WEIGHT * measured;
    }
    keep(this.#incoming, transfer);
  }

  wentOut(transfer: Transfer): void {
    keep(this.#outgoing, transfer);
  }

  /** Both directions, the oldest first. */
  get all(): { readonly incoming: readonly Transfer[]; readonly outgoing: readonly Transfer[] } {
    return { incoming: [...this.#incoming], outgoing: [...this.#outgoing] };
  }
}

/** In slices, since taking the first away from a long list moves all others. */
function keep(transfers: Transfer[], transfer: Transfer): void {
  transfers.push(transfer);
  if (transfers.length >= 2 * KEPT_MAX) transfers.splice(0, KEPT_MAX);
}
