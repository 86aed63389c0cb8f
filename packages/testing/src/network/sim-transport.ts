import type { Comm, ConnectOptions, Listener, Transport } from '@grid/comm';
import type { Address } from '@grid/common';

import type { SimProcess } from '../host/sim-process.js';
import type { SimNetwork } from './sim-network.js';

/** A process's way to the simulated network. It goes by the name of tcp, so that nobody sees a difference. */
export class SimTransport implements Transport {
  readonly scheme = 'tcp';
  readonly #network: SimNetwork;
  readonly #process: SimProcess;

  constructor(network: SimNetwork, process: SimProcess) {
    this.#network = network;
    this.#process = process;
  }

  async connect(address: Address, { signal }: ConnectOptions): Promise<Comm> {
    return this.#network.connect(this.#process, address, signal);
  }

  async listen(address: Address, onComm: (comm: Comm) => void): Promise<Listener> {
    return this.#network.listen(this.#process, address, onComm);
  }
}
