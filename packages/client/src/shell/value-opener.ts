import {
  hasThen,
  needsPreparation,
  ValueDecoder,
  type DecodeOptions,
  type FunctionDecoder,
  type CallableValue,
  type FunctionEncoder,
  type FunctionPayload,
  type Payload,
} from '@grid/protocol';

import { ClientError } from '../errors.js';

/** Makes the future of a key, or a handle of the actor that it stands for. */
export type FutureOf = NonNullable<DecodeOptions['futureOf']>;

/** Decodes results, with the functions and classes in them as far as the decoder of functions permits. */
export class ValueOpener {
  readonly #decoder = new ValueDecoder();
  readonly #functions: FunctionDecoder;
  readonly #captured: FunctionEncoder;
  readonly #options: { readonly futureOf: FutureOf };

  /**
   * @param functions - Brings functions and classes to life.
   * @param captured - Knows the sources of what was sent, and so where in them a stack points.
   * @param futureOf - Makes the future of a key.
   */
  constructor(functions: FunctionDecoder, captured: FunctionEncoder, futureOf: FutureOf) {
    this.#functions = functions;
    this.#captured = captured;
    this.#options = { futureOf };
  }

  /** Decodes a result that lies in `block[start, end)`, if it can be done at once: results with code cannot. */
  openInline(block: Uint8Array, start: number, end: number): unknown {
    return this.#decoder.decodeAt(block, start, end, [], this.#options);
  }

  /** Tells whether the value that begins there has code in it, for which packages may have to be loaded first. */
  hasCode(block: Uint8Array, start: number): boolean {
    return needsPreparation({ body: block.subarray(start, start + 1), buffers: [] });
  }

  /**
   * Decodes a result, or another value; `resolveReference` gives what stands behind references in it.
   *
   * @param futureOf - where futures in it are not to be what they are in results
   */
  async open(
    payload: Payload,
    resolveReference?: (index: number) => unknown,
    futureOf: FutureOf = this.#options.futureOf,
  ): Promise<unknown> {
    if (!needsPreparation(payload)) return this.#decoder.decode(payload, { futureOf, resolveReference });
    await this.#functions.prepare(payload);
    const value = this.#decoder.decode(payload, { futureOf, code: this.#functions, resolveReference });
    // Whoever awaits what this returns would call it, with all rights of this process. No task returns such a thing,
    // since a worker awaits it too.
    if (hasThen(value)) {
      throw new ClientError(
        'GRID_CLIENT_BAD_RESULT',
        "a result has a method 'then', which nobody but a promise may have",
      );
    }
    return value;
  }

  /** Restores a function, as far as its code may be evaluated here. */
  async openFunction(fn: FunctionPayload): Promise<CallableValue> {
    return this.#functions.load(fn);
  }

  /** Rewrites a stack of a worker so that it points into the user's own files. */
  mapStack(stack: string): string {
    return this.#captured.mapStack(stack);
  }

  /** Decodes what a task threw; its stack then points into the user's own files. */
  async openError(payload: Payload): Promise<unknown> {
    return this.#functions.openError(payload, (stack) => this.mapStack(stack));
  }
}
