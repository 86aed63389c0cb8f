import type { Address } from '@grid/common';
import type { Transport } from '../transport.js';

/** What one test of the suite works on. */
export interface TransportSetup {
  readonly transport: Transport;
  /** Where to listen: free, and the same for each test. Best with a port or name that the system chooses. */
  readonly address: Address;
  /**
   * Connects to `address`, perhaps sends a part of a message, and then dies without a word, as a process does that is
   * killed. Without it, the rule about such peers is left out.
   */
  readonly vanishingPeer?: (address: Address) => Promise<void>;
  /** Bytes that a line surely does not hold while nobody reads. @defaultValue 256 MiB */
  readonly moreThanALineHolds?: number;
  /** Takes down what the setup made. */
  readonly close?: () => Promise<void>;
}
