import type { EncodeOptions, FunctionEncoder } from '@grid/protocol';
import { ValueEncoder, type ByteSink } from '@grid/protocol';

import { ClientError } from '../errors.js';
import type { FutureRecord } from '../core/future-record.js';

/** Finds the record behind a future, or `undefined` if `value` is no future. Throws for futures of other clients. */
export type RecordOf = (value: object) => FutureRecord | undefined;

/** Above this many dependencies a row looks them up by map rather than by walking the list. */
const LINEAR_DEPENDENCIES_MAX = 8;

const NO_BUFFERS: readonly Uint8Array[] = [];

/** Encodes argument tuples, and collects the futures in them as dependencies, each once. */
export class ArgumentWriter {
  readonly #encoder = new ValueEncoder();
  readonly #recordOf: RecordOf;
  readonly #encodeOptions: EncodeOptions;
  readonly #idOf = (value: object): number | undefined => this.#idOfFuture(value);
  #currentIdOf = this.#idOf;
  #dependencies: number[] = [];
  #positions: Map<number, number> | null = null;

  constructor(recordOf: RecordOf, functions: FunctionEncoder) {
    this.#recordOf = recordOf;
    this.#encodeOptions = {
      referenceOf: (value) => {
        const id = this.#currentIdOf(value);
        return id === undefined ? undefined : this.#positionOf(id);
      },
      code: functions,
      rootName: 'arguments',
    };
  }

  /**
   * Appends the encoded tuple to `sink`; on an error the sink is as it was.
   *
   * @param idOf - Tells which task an object in the arguments stands for. Default: futures stand for theirs.
   * @returns The client ids that the tuple refers to, and its large buffers, uncopied.
   */
  write(
    sink: ByteSink,
    args: readonly unknown[],
    idOf: (value: object) => number | undefined = this.#idOf,
  ): { dependencies: readonly number[]; buffers: readonly Uint8Array[] } {
    if (args.length === 0) return { dependencies: [], buffers: NO_BUFFERS };
    const start = sink.length;
    // A serializer of the user may submit tasks of its own while it is asked.
    const outer = { idOf: this.#currentIdOf, dependencies: this.#dependencies, positions: this.#positions };
    const dependencies: number[] = [];
    this.#currentIdOf = idOf;
    this.#dependencies = dependencies;
    this.#positions = null;
    try {
      return { dependencies, buffers: this.#encoder.encodeInto(sink, args, this.#encodeOptions) };
    } catch (error) {
      sink.length = start;
      throw error;
    } finally {
      this.#currentIdOf = outer.idOf;
      this.#dependencies = outer.dependencies;
      this.#positions = outer.positions;
    }
  }

  #idOfFuture(value: object): number | undefined {
    const record = this.#recordOf(value);
    if (record === undefined) return undefined;
    if (record.status === 'cancelled' || record.status === 'lost') {
      throw new ClientError(
        'GRID_CLIENT_CANCELLED',
        `the argument ${record.key} is ${record.status}; submit it again`,
        {
          details: { key: record.key, status: record.status },
        },
      );
    }
    return record.id;
  }

  #positionOf(id: number): number {
    const dependencies = this.#dependencies;
    if (this.#positions === null) {
      const position = dependencies.indexOf(id);
      if (position >= 0) return position;
      if (dependencies.length === LINEAR_DEPENDENCIES_MAX) {
        this.#positions = new Map(dependencies.map((dependency, index) => [dependency, index]));
      }
    } else {
      const position = this.#positions.get(id);
      if (position !== undefined) return position;
    }
    this.#positions?.set(id, dependencies.length);
    return dependencies.push(id) - 1;
  }
}
