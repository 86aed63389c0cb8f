import type { StoredValue } from '../store/data-store.js';
import { isShared } from '../store/shared-bytes.js';
import type { FunctionPart, TaskToRun, UnitPart } from './executor.js';
import type { PoolThread, Run } from './pool-thread.js';
import { movable, RUN, type InputValue, type RunExtra, type RunMessage } from './thread-messages.js';

const NOTHING = new Uint8Array(0);
const NO_INPUTS: readonly InputValue[] = [];
const NO_EXTRA: { readonly extra?: RunExtra } = {};

/** A message and the memory that moves with it. */
export interface PackedRuns {
  readonly message: RunMessage;
  readonly transfer: readonly ArrayBuffer[];
}

/** What is at hand on the main side. */
export interface KnownParts {
  readonly functions: ReadonlyMap<number, FunctionPart>;
  /** Code, by hash. */
  readonly units: ReadonlyMap<string, UnitPart>;
}

/** Functions and code to go along with tasks. */
interface Introduced {
  readonly functions: FunctionPart[];
  readonly units: UnitPart[];
}

/** Packs the runs that wait for this thread, with what it needs for them and does not have. */
export function packRunMessage(thread: PoolThread, runs: readonly Run[], parts: KnownParts): PackedRuns {
  const rows = new Float64Array(runs.length * RUN.width);
  let keys = '';
  const introduced: Introduced = { functions: [], units: [] };
  const argsBuffers: (readonly [number, readonly Uint8Array[]])[] = [];
  const dependencies: number[] = [];
  let position = 0;
  let offset = 0;
  const values = new Map<number, StoredValue>();
  for (const { task, inputs } of runs) {
    position += task.argsEnd - task.argsStart;
    for (let index = 0; index < inputs.length; index += 1) {
      const { taskId } = task.dependencies[index] as { readonly taskId: number };
      dependencies.push(taskId);
      values.set(taskId, inputs[index] as StoredValue);
    }
    keys += task.key;
    rows[offset + RUN.taskId] = task.taskId;
    rows[offset + RUN.functionId] = task.functionId;
    rows[offset + RUN.argsEnd] = position;
    rows[offset + RUN.dependencyEnd] = dependencies.length;
    rows[offset + RUN.keyEnd] = keys.length;
    const { argsBuffers: buffers } = task;
    if (buffers !== null) argsBuffers.push([offset / RUN.width, buffers.map(sendable)]);
    introduce(thread, task, parts, introduced);
    offset += RUN.width;
  }
  const { inputs, smallBytes } = collectInputs(values, position);
  const block = packBlock(runs, inputs, position + smallBytes, values);
  const { sequence: firstSequence } = runs[0] as Run;
  const hasExtra = introduced.functions.length + argsBuffers.length + dependencies.length > 0;
  const extra = hasExtra ? { extra: { ...introduced, argsBuffers, dependencies, inputs } } : NO_EXTRA;
  const made = thread.isForActors ? { actorIds: runs.map(({ actorId }) => actorId) } : NO_EXTRA;
  return {
    message: { kind: 'run', firstSequence, rows, keys, block, ...extra, ...made },
    transfer: movable([rows, block]),
  };
}

function introduce(
  thread: PoolThread,
  { functionId }: TaskToRun,
  known: KnownParts,
  { functions, units }: Introduced,
): void {
  if (thread.knownFunctions.has(functionId)) return;
  const part = known.functions.get(functionId);
  // The thread fails the task with a code of its own when it finds that it does not know the function.
  if (part === undefined) return;
  thread.knownFunctions.add(functionId);
  functions.push(sendableFunction(part));
  for (const hash of part.units) {
    const unit = known.units.get(hash);
    if (unit === undefined || thread.knownUnits.has(hash)) continue;
    thread.knownUnits.add(hash);
    units.push(sendableUnit(unit));
  }
}

/** The same code, of bytes that can be sent to a thread. */
export function sendableUnit(unit: UnitPart): UnitPart {
  return { hash: unit.hash, body: sendable(unit.body) };
}

/** The same function, of bytes that can be sent to a thread without dragging other memory along. */
export function sendableFunction(part: FunctionPart): FunctionPart {
  const { body, buffers } = part.payload;
  return { ...part, payload: { body: sendable(body), buffers: buffers.map(sendable) } };
}

/** Cloning a view clones all the memory behind it, so that must be the view's own, or shared. */
export function sendable(bytes: Uint8Array): Uint8Array {
  if (isShared(bytes) || bytes.byteLength === bytes.buffer.byteLength) return bytes;
  return Uint8Array.prototype.slice.call(bytes);
}

function collectInputs(
  values: ReadonlyMap<number, StoredValue>,
  blockStart: number,
): { inputs: readonly InputValue[]; smallBytes: number } {
  if (values.size === 0) return { inputs: NO_INPUTS, smallBytes: 0 };
  const inputs: InputValue[] = [];
  let smallBytes = 0;
  for (const [taskId, value] of values) {
    const { body, buffers } = value.payload;
    const start = blockStart + smallBytes;
    if (isShared(body)) {
      inputs.push({ taskId, start, end: start, body, buffers });
    } else {
      smallBytes += body.length;
      inputs.push({ taskId, start, end: start + body.length, body: null, buffers });
    }
  }
  return { inputs, smallBytes };
}

function packBlock(
  runs: readonly Run[],
  inputs: readonly InputValue[],
  size: number,
  values: ReadonlyMap<number, StoredValue>,
): Uint8Array {
  if (size === 0) return NOTHING;
  const block = new Uint8Array(size);
  let position = 0;
  for (const { task } of runs) {
    const { argsBlock, argsStart, argsEnd } = task;
    if (argsBlock === null || argsStart === argsEnd) continue;
    block.set(argsBlock.subarray(argsStart, argsEnd), position);
    position += argsEnd - argsStart;
  }
  for (const { taskId, body, start } of inputs) {
    if (body === null) block.set(values.get(taskId)?.payload.body ?? NOTHING, start);
  }
  return block;
}
