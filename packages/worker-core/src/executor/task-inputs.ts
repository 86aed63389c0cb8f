import { needsPreparation, payloadHasFutures, type CodeDecoder, type Payload, type ValueDecoder } from '@grid/protocol';

import { WorkerError } from '../errors.js';
import { countForCollector } from '../store/count-for-collector.js';
import type { LiveValues } from './live-values.js';
import type { TaskContext } from './task-context.js';
import { isKeptLive, RUN, type InputValue, type RunMessage } from './thread-messages.js';

const NO_BUFFERS: readonly Uint8Array[] = [];
const NO_DEPENDENCIES: readonly number[] = [];
const NO_ARGUMENTS: readonly unknown[] = [];

/** The arguments of the tasks of one message. */
export class TaskInputs {
  readonly #message: RunMessage;
  readonly #code: CodeDecoder;
  readonly #decoder: ValueDecoder;
  readonly #live: LiveValues;
  /** Bytes that the last call of {@link TaskInputs.argumentsOf} has decoded. */
  decodedBytes = 0;
  readonly #dependencies: readonly number[] = NO_DEPENDENCIES;
  readonly #inputs: ReadonlyMap<number, InputValue> | undefined;
  readonly #buffers: ReadonlyMap<number, readonly Uint8Array[]> | undefined;

  constructor(message: RunMessage, parts: { code: CodeDecoder; decoder: ValueDecoder; live: LiveValues }) {
    this.#message = message;
    this.#code = parts.code;
    this.#decoder = parts.decoder;
    this.#live = parts.live;
    const { extra } = message;
    if (extra === undefined) return;
    this.#dependencies = extra.dependencies;
    if (extra.inputs.length > 0) this.#inputs = new Map(extra.inputs.map((input) => [input.taskId, input]));
    for (const { buffers } of extra.inputs) buffers.forEach(countForCollector);
    if (extra.argsBuffers.length > 0) this.#buffers = new Map(extra.argsBuffers);
  }

  /** What has to be prepared before the arguments of a task can be decoded: code, and futures. Nearly always nothing. */
  payloadsToPrepare(row: number): Payload[] {
    const found: Payload[] = [];
    const args = this.#argumentsPayload(row);
    if (needsPreparation(args)) found.push(args);
    if (this.#inputs === undefined) return found;
    for (let index = this.#firstDependency(row); index < this.#lastDependency(row); index += 1) {
      const taskId = this.#dependencies[index] as number;
      if (this.#live.has(taskId)) continue;
      const payload = this.#inputPayload(taskId);
      if (needsPreparation(payload) || payloadHasFutures(payload)) found.push(payload);
    }
    return found;
  }

  /** The decoded arguments of a task; futures in them end with it. */
  argumentsOf(row: number, context: TaskContext): readonly unknown[] {
    const { rows, block } = this.#message;
    const start = row === 0 ? 0 : (rows[(row - 1) * RUN.width + RUN.argsEnd] as number);
    const end = rows[row * RUN.width + RUN.argsEnd] as number;
    this.decodedBytes = end - start;
    if (start === end) return NO_ARGUMENTS;
    const values = this.#dependencyValues(row, context);
    const buffers = this.#buffers?.get(row) ?? NO_BUFFERS;
    for (let index = 0; index < buffers.length; index += 1) {
      this.decodedBytes += (buffers[index] as Uint8Array).byteLength;
    }
    const args = this.#decoder.decodeAt(block, start, end, buffers, {
      code: this.#code,
      resolveReference: (index) => {
        if (index < values.length) return values[index];
        throw new WorkerError(
          'GRID_WORKER_BAD_MESSAGE',
          `the arguments refer to dependency ${String(index)}, which the task does not have`,
        );
      },
    });
    if (Array.isArray(args)) return args as unknown[];
    throw new WorkerError('GRID_WORKER_BAD_MESSAGE', 'the arguments of a task are not a tuple');
  }

  #dependencyValues(row: number, context: TaskContext): unknown[] {
    const first = this.#firstDependency(row);
    const last = this.#lastDependency(row);
    const values: unknown[] = [];
    for (let index = first; index < last; index += 1) {
      values.push(this.#valueOf(this.#dependencies[index] as number, context));
    }
    return values;
  }

  #valueOf(taskId: number, context: TaskContext): unknown {
    if (this.#live.has(taskId)) return this.#live.get(taskId);
    const payload = this.#inputPayload(taskId);
    const { body, buffers } = payload;
    this.decodedBytes += body.length;
    for (const buffer of buffers) this.decodedBytes += buffer.byteLength;
    if (payloadHasFutures(payload)) {
      // Never kept: the next task is to have futures of its own.
      const futureOf = (key: string, actor?: unknown): object => context.thread.futureOf(key, context, actor);
      return this.#decoder.decodeAt(body, 0, body.length, buffers, { code: this.#code, futureOf });
    }
    const value = this.#decoder.decodeAt(body, 0, body.length, buffers, { code: this.#code });
    if (isKeptLive(body.length, buffers.length)) this.#live.set(taskId, value, body.length);
    return value;
  }

  #inputPayload(taskId: number): Payload {
    const input = this.#inputs?.get(taskId);
    if (input === undefined) {
      throw new WorkerError(
        'GRID_WORKER_NO_DATA',
        `the value of dependency #${String(taskId)} did not come with the task`,
      );
    }
    return { body: input.body ?? this.#message.block.subarray(input.start, input.end), buffers: input.buffers };
  }

  #argumentsPayload(row: number): Payload {
    const { rows, block } = this.#message;
    const start = row === 0 ? 0 : (rows[(row - 1) * RUN.width + RUN.argsEnd] as number);
    const end = rows[row * RUN.width + RUN.argsEnd] as number;
    return { body: block.subarray(start, end), buffers: this.#buffers?.get(row) ?? NO_BUFFERS };
  }

  #firstDependency(row: number): number {
    return row === 0 ? 0 : (this.#message.rows[(row - 1) * RUN.width + RUN.dependencyEnd] as number);
  }

  #lastDependency(row: number): number {
    return this.#message.rows[row * RUN.width + RUN.dependencyEnd] as number;
  }
}
