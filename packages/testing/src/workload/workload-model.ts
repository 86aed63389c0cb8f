import { mix, mixInto } from '../host/random.js';
import { broken } from '../errors.js';
import type { TaskSpec, TaskValue, TaskValueParts } from './task-spec.js';

/** What one run of a task comes to. */
export interface PlannedRun {
  readonly spec: TaskSpec;
  readonly end: 'value' | 'throw' | 'reschedule';
}

/** What is known of the runs of one task. */
export interface RunCount {
  begun: number;
  threw: number;
  rescheduled: number;
}

/**
 * The reference: a workload as one would evaluate it with pencil and paper, without a cluster. It knows what every task has
 * to result in, and counts what becomes of its runs.
 */
export class WorkloadModel {
  readonly specs: readonly TaskSpec[];
  readonly counts: readonly RunCount[];
  readonly #byKey: ReadonlyMap<string, TaskSpec>;
  readonly #hashes: number[] = [];

  /** @param specs - By label; each needs only those before it. */
  constructor(specs: readonly TaskSpec[]) {
    this.specs = specs;
    this.counts = specs.map(() => ({ begun: 0, threw: 0, rescheduled: 0 }));
    this.#byKey = new Map(specs.map((spec) => [spec.key, spec]));
  }

  specOf(label: number): TaskSpec {
    return this.specs[label] as TaskSpec;
  }

  find(key: string): TaskSpec | undefined {
    return this.#byKey.get(key);
  }

  /** The number in the right result of a task. */
  hashOf(label: number): number {
    return (this.#hashes[label] ??= this.#computeHash(this.specOf(label)));
  }

  /** The right result of a task. One in three is of another type. */
  valueOf(label: number): TaskValue {
    const { bytes } = this.specOf(label);
    const value = { label, hash: this.hashOf(label), padding: bytes === 0 ? null : paddingOf(bytes) };
    return label % 3 === 2 ? [value] : value;
  }

  /** The label of the task that results in this. */
  labelOf(value: unknown): number {
    return partsOf(value).label ?? -1;
  }

  /** Checks that a result is the right one (X1). */
  check(label: number, value: unknown, where: string): void {
    const { hash, label: of, padding } = partsOf(value);
    const { key, bytes } = this.specOf(label);
    if (of === label && hash === this.hashOf(label) && (padding?.byteLength ?? 0) === bytes) return;
    throw broken('X1', `${where} got a wrong value for ${key}: ${JSON.stringify({ of, hash })}`);
  }

  /** A thread begins to run a task with these arguments: its label, and the results of what it needs. */
  begin(args: readonly unknown[], where: string): PlannedRun {
    const [label, ...values] = args;
    const spec = this.specs[label as number];
    if (spec === undefined) throw broken('X1', `${where} runs a task without a label: ${String(label)}`);
    if (values.length !== spec.needs.length) {
      throw broken('X1', `${where} runs ${spec.key} with ${String(values.length)} arguments`);
    }
    spec.needs.forEach((need, index) => this.check(need, values[index], `${spec.key} on ${where}`));
    const count = this.counts[spec.label] as RunCount;
    const attempt = count.begun;
    count.begun += 1;
    if (attempt < spec.reschedules) return { spec, end: 'reschedule' };
    if (spec.throwsFrom !== undefined && attempt - spec.reschedules >= spec.throwsFrom) return { spec, end: 'throw' };
    if (spec.throws === null || attempt - spec.reschedules < spec.throws) return { spec, end: 'throw' };
    return { spec, end: 'value' };
  }

  #computeHash({ label, needs }: TaskSpec): number {
    let hash = mix(label + 1);
    for (const need of needs) hash = mixInto(hash, this.hashOf(need));
    return mix(hash);
  }
}

function partsOf(value: unknown): Partial<TaskValueParts> {
  const parts: unknown = Array.isArray(value) ? value[0] : value;
  return typeof parts === 'object' && parts !== null ? parts : {};
}

const paddings = new Map<number, Uint8Array>();

/** Bytes that threads share, so that large results cost a simulation nothing. */
function paddingOf(bytes: number): Uint8Array {
  let padding = paddings.get(bytes);
  if (padding === undefined) {
    padding = new Uint8Array(new SharedArrayBuffer(bytes));
    paddings.set(bytes, padding);
  }
  return padding;
}
