import type { Address } from '@grid/common';
import { splitAddress } from './address.js';
import { CommError } from './errors.js';
import type { Transport } from './transport.js';

/**
 * The transports that one process uses, chosen by an address's scheme.
 *
 * There is no registry: whoever connects or listens is given a set, so a transport of one's own is one more element.
 */
export class Transports {
  readonly #byScheme: ReadonlyMap<string, Transport>;

  /** @param transports - The last one wins where two have the same scheme. */
  constructor(transports: Iterable<Transport>) {
    this.#byScheme = new Map(Array.from(transports, (transport) => [transport.scheme, transport]));
  }

  /** The schemes that are spoken here, in the order they were given. */
  get schemes(): readonly string[] {
    return [...this.#byScheme.keys()];
  }

  /**
   * The transport that speaks the scheme of `address`.
   *
   * @throws {@link CommError} `GRID_COMM_UNKNOWN_SCHEME`, which names the schemes that are known.
   */
  for(address: Address): Transport {
    const { scheme } = splitAddress(address);
    const transport = this.#byScheme.get(scheme);
    if (transport !== undefined) return transport;
    throw new CommError(
      'GRID_COMM_UNKNOWN_SCHEME',
      `nothing here speaks '${scheme}', which ${address} asks for; known are: ${this.schemes.join(', ') || 'none'}`,
      { details: { address, scheme, known: this.schemes } },
    );
  }
}
