import type { Address } from '@grid/common';
import { TRUSTED_LIMITS } from '../limits.js';
import type { Comm, Listener } from '../transport.js';
import { within } from './expectations.js';
import type { TransportSetup } from './transport-setup.js';

/** Both ends of one line. */
export interface Line {
  /** The end that connected. */
  readonly dialed: Comm;
  /** The end that was given to the listener's owner. */
  readonly accepted: Comm;
}

/** What one test opens; all of it is gone after the test. */
export class Workbench {
  readonly setup: TransportSetup;
  readonly #comms: Comm[] = [];
  readonly #listeners: Listener[] = [];

  constructor(setup: TransportSetup) {
    this.setup = setup;
  }

  /** Listens, and keeps every accepted comm for {@link line}. */
  async listen(address: Address = this.setup.address): Promise<{ listener: Listener; accepted: () => Promise<Comm> }> {
    const arrived: Comm[] = [];
    const wanted: ((comm: Comm) => void)[] = [];
    const listener = await this.setup.transport.listen(address, (comm) => {
      this.#comms.push(comm);
      const want = wanted.shift();
      if (want === undefined) arrived.push(comm);
      else want(comm);
    });
    this.#listeners.push(listener);
    const accepted = (): Promise<Comm> =>
      within(
        new Promise<Comm>((resolve) => {
          const comm = arrived.shift();
          if (comm === undefined) wanted.push(resolve);
          else resolve(comm);
        }),
        'an accepted comm',
      );
    return { listener, accepted };
  }

  /** Connects to `address`. */
  async connect(address: Address, signal: AbortSignal = AbortSignal.timeout(20_000)): Promise<Comm> {
    const comm = await this.setup.transport.connect(address, { signal });
    this.#comms.push(comm);
    return comm;
  }

  /** Opens a line whose ends trust each other. */
  async line(): Promise<Line> {
    const { listener, accepted: next } = await this.listen();
    const [dialed, accepted] = await Promise.all([this.connect(listener.contactAddress), next()]);
    dialed.setLimits?.(TRUSTED_LIMITS);
    accepted.setLimits?.(TRUSTED_LIMITS);
    return { dialed, accepted };
  }

  async close(): Promise<void> {
    for (const comm of this.#comms) comm.abort('the test is over');
    for (const listener of this.#listeners) await listener.close();
    await this.setup.close?.();
  }
}
