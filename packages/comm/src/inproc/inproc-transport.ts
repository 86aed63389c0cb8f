import { asAddress, type Address } from '@grid/common';
import { splitAddress } from '../address.js';
import { CommError } from '../errors.js';
import { TRUSTED_LIMITS } from '../limits.js';
import type { ReceiveQueueBounds } from '../receive-queue.js';
import type { Comm, ConnectOptions, Listener, Transport } from '../transport.js';
import { createCommPair } from './comm-pair.js';

/**
 * Lines between peers of one process, with the same ordering, backpressure and failures as a socket, so that
 * tests written on it hold on tcp.
 *
 * Peers meet only inside one `InprocTransport`: there is no global registry, and two tests never see each other.
 * Frames pass by reference. To listen on `inproc://` is to be given a free name.
 */
export class InprocTransport implements Transport {
  readonly scheme = 'inproc';
  readonly #bounds: ReceiveQueueBounds;
  readonly #listeners = new Map<Address, { readonly onComm: (comm: Comm) => void }>();
  #nextDialer = 0;
  #nextListener = 0;

  /** @param bounds - When an unread queue makes the sender wait. @defaultValue those of `TRUSTED_LIMITS` */
  constructor(bounds: ReceiveQueueBounds = TRUSTED_LIMITS) {
    this.#bounds = bounds;
  }

  async connect(address: Address, { signal }: ConnectOptions): Promise<Comm> {
    signal.throwIfAborted();
    const listener = this.#listeners.get(address);
    if (listener === undefined) {
      throw new CommError('GRID_COMM_CONNECT_FAILED', `nobody listens on ${address}`, { details: { address } });
    }
    const dialer = asAddress(`inproc://dialer-${this.#nextDialer++}`);
    const [dialed, accepted] = createCommPair([dialer, address], this.#bounds);
    // Never call back inside the caller's stack: a socket would not.
    queueMicrotask(() => listener.onComm(accepted));
    return dialed;
  }

  async listen(address: Address, onComm: (comm: Comm) => void): Promise<Listener> {
    const listenAddress = splitAddress(address).location === '' ? this.#freeAddress() : address;
    if (this.#listeners.has(listenAddress)) {
      throw new CommError('GRID_COMM_ADDRESS_IN_USE', `${listenAddress} is taken`, { details: { address } });
    }
    const listener = { onComm };
    this.#listeners.set(listenAddress, listener);
    const close = async (): Promise<void> => {
      // Somebody else may have taken the name since.
      if (this.#listeners.get(listenAddress) === listener) this.#listeners.delete(listenAddress);
    };
    return { listenAddress, contactAddress: listenAddress, close, [Symbol.asyncDispose]: close };
  }

  #freeAddress(): Address {
    let address: Address;
    do address = asAddress(`inproc://listener-${this.#nextListener++}`);
    while (this.#listeners.has(address));
    return address;
  }
}
