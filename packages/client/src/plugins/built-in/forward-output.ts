import type { Subscription } from '../../coordination/topic.js';
import type { ForwardOutputOptions } from '../../operations/task-output.js';
import type { ClientPlugin, PluginClient } from '../plugin-types.js';

interface Forwarder extends PluginClient {
  forwardOutput(options: ForwardOutputOptions): Promise<Subscription>;
}

/**
 * Brings what tasks write to this process, as `client.forwardOutput` does, until it is unregistered.
 *
 * @source dask.distributed `ForwardOutput`.
 */
export class ForwardOutput implements ClientPlugin {
  readonly kind = 'client';
  readonly name = 'forward-output';
  readonly #options: ForwardOutputOptions;
  #subscription: Subscription | undefined;

  constructor(options: ForwardOutputOptions = {}) {
    this.#options = options;
  }

  async setup(client: Forwarder): Promise<void> {
    this.#subscription = await client.forwardOutput(this.#options);
  }

  teardown(): void {
    this.#subscription?.[Symbol.dispose]();
  }
}
