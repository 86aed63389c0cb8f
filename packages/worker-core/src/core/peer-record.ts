import { NeededHeap } from './gather/needed-heap.js';
import type { LocalTask } from './local-task.js';

/** Another worker, as this one knows it. Its number is never given to another. */
export class PeerRecord {
  readonly workerId: number;
  readonly address: string;
  /** It said that it serves too many at the moment; it is asked again after a while. */
  isBusy = false;
  /** What it has been asked for and has not answered. One request at a time. */
  inFlight: readonly LocalTask[] | null = null;
  /** Bytes that those are expected to have. */
  inFlightBytes = 0;
  /** What it could be asked for; also things that are not needed any more. */
  readonly needed = new NeededHeap();

  constructor(workerId: number, address: string) {
    this.workerId = workerId;
    this.address = address;
  }
}
