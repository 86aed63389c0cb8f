import type { Facts } from '@grid/protocol';

import { ACTIVITY } from './activity.js';
import { stateOf, runsBefore, type LocalTask } from './local-task.js';
import { fitsMemory } from './ready/fits-memory.js';
import type { WorkerState } from './worker-state.js';

/**
 * Why a task does not run on this worker, or that it does.
 *
 * - `unknown`: the worker has not been told of it, or is done with it.
 * - `fetches-inputs`: values are on their way, or to be asked for.
 * - `inputs-missing`: nobody is known who has them.
 * - `resources-taken`, `memory-short`, `threads-taken`, `paused`, `too-many-wait`: it is ready and cannot start.
 * - `in-thread`: a thread has it. `awaits`: it has returned a promise and waits for that.
 * - `stopping`: it is being stopped.
 * - `finished`: its result is here, and the scheduler is being told.
 */
export type LocalReason =
  | 'unknown'
  | 'fetches-inputs'
  | 'inputs-missing'
  | 'resources-taken'
  | 'memory-short'
  | 'threads-taken'
  | 'paused'
  | 'too-many-wait'
  | 'in-thread'
  | 'awaits'
  | 'stopping'
  | 'finished';

/** What a worker has to say about one of its tasks. */
export interface LocalExplanation {
  /** Its state on the worker, or `unknown`. */
  readonly state: string;
  readonly reason: LocalReason;
  readonly text: string;
  readonly details: Facts;
}

type Finding = Omit<LocalExplanation, 'state'>;

/** So many names are listed. */
const LISTED_MAX = 10;

/** Says why a task does not run here. Changes nothing. */
export function explainLocalTask(state: WorkerState, taskId: number): LocalExplanation {
  const task = state.tasks.get(taskId);
  if (task === undefined) {
    const text = 'It does not know of the task: the message about it, or about its end, is on its way.';
    return { state: 'unknown', reason: 'unknown', text, details: {} };
  }
  return { state: stateOf(task), ...findCause(state, task) };
}

function findCause(state: WorkerState, task: LocalTask): Finding {
  switch (task.activity) {
    case ACTIVITY.waiting:
      return explainInputs(state, task);
    case ACTIVITY.ready:
      return explainReady(state, task);
    case ACTIVITY.executing:
    case ACTIVITY.longRunning:
      return explainRun(task);
    case ACTIVITY.memory:
      return { reason: 'finished', text: 'It has the result, and is telling so.', details: { nbytes: task.nbytes } };
    default:
      return explainInput(state, task);
  }
}

function explainInputs(state: WorkerState, task: LocalTask): Finding {
  const missing = task.dependencies.filter(({ activity }) => activity !== ACTIVITY.memory);
  const findings = missing.map((input) => ({ key: input.key, ...explainInput(state, input) }));
  const counts = new Map<string, number>();
  for (const { text } of findings) counts.set(text, (counts.get(text) ?? 0) + 1);
  const parts = Array.from(counts, ([text, count]) => (count === 1 ? text : `${String(count)} times: ${text}`));
  const isLost = findings.some(({ reason }) => reason === 'inputs-missing');
  return {
    reason: isLost ? 'inputs-missing' : 'fetches-inputs',
    text: `It is fetching ${String(missing.length)} of ${String(task.dependencies.length)} inputs. ${parts.slice(0, LISTED_MAX).join(' ')}`,
    details: { inputs: findings.slice(0, LISTED_MAX).map(({ key, reason, text }) => ({ key, reason, text })) },
  };
}

/** Where a value is that is not here. */
function explainInput(state: WorkerState, input: LocalTask): Finding {
  const holders = (input.holders ?? []).map((id) => state.peers.get(id)).filter((peer) => peer !== undefined);
  const addresses = holders.map(({ address }) => address);
  const details = { holders: addresses };
  if (input.activity === ACTIVITY.flight) {
    const peer = [...state.gathering.values()].find(({ inFlight }) => inFlight?.includes(input) === true);
    return { reason: 'fetches-inputs', text: `One is on its way from ${peer?.address ?? 'a worker'}.`, details };
  }
  if (input.activity === ACTIVITY.missing) {
    return {
      reason: 'inputs-missing',
      text: 'Of one nobody is known who has it; the scheduler is being asked.',
      details,
    };
  }
  if (input.isExecuting || input.activity === ACTIVITY.waiting || input.activity === ACTIVITY.ready) {
    return { reason: 'fetches-inputs', text: 'One is being computed here.', details };
  }
  if (state.isPaused) return { reason: 'paused', text: 'The worker is paused and fetches nothing.', details };
  const busy = holders.length > 0 && holders.every(({ isBusy }) => isBusy) ? ', busy with others at the moment' : '';
  return { reason: 'fetches-inputs', text: `One is to be asked for at ${addresses.join(', ')}${busy}.`, details };
}

function explainReady(state: WorkerState, task: LocalTask): Finding {
  const { options } = state;
  const before = [...state.ready.values(), ...state.resources.values()].filter((other) =>
    runsBefore(other, task),
  ).length;
  const running = [...state.tasks.values()].filter((other) => other.isExecuting);
  const keys = running.slice(0, LISTED_MAX).map(({ key }) => key);
  const details = { before, running: keys, threads: options.threads };
  if (state.isPaused) {
    return { reason: 'paused', text: 'The worker is paused, short of memory: it starts nothing.', details };
  }
  const lack = lackOf(state, task);
  if (lack !== null) return { reason: 'resources-taken', text: `It waits for resources: ${lack}.`, details };
  if (!fitsMemory(state, task)) {
    const expected = String(task.stats?.outputBytes ?? 0);
    const text = `Its result is expected to have ${expected} bytes, for which there is no room besides what is in memory or being made.`;
    return { reason: 'memory-short', text, details };
  }
  const suspendedMax = options.suspendedMaxPerThread * options.threads;
  if (state.suspendedCount > 0 && state.suspendedCount + state.activeCount >= suspendedMax) {
    const text = `${String(state.suspendedCount)} tasks wait for promises on this worker; that is as many as it allows.`;
    return { reason: 'too-many-wait', text, details };
  }
  const text = `All ${String(options.threads)} threads are taken, by ${keys.join(', ')}; ${String(before)} tasks that are ready come before it.`;
  return { reason: 'threads-taken', text, details };
}

/** What of its resources is not free; `null`: all is. */
function lackOf({ resources }: WorkerState, task: LocalTask): string | null {
  const short = (task.resources ?? []).filter(({ name, amount }) => resources.freeOf(name) < amount);
  if (short.length === 0) return null;
  const holders = [...resources.occupied.keys()].map(({ key }) => key).slice(0, LISTED_MAX);
  const amounts = short.map(
    ({ name, amount }) =>
      `${String(amount)} ${name} of ${String(resources.supplyOf(name))}, ${String(Math.max(0, resources.freeOf(name)))} free`,
  );
  return `${amounts.join('; ')}; taken by ${holders.join(', ')}`;
}

function explainRun(task: LocalTask): Finding {
  if (task.isStopping) return { reason: 'stopping', text: 'Its run is being stopped.', details: {} };
  if (task.isSuspended) {
    return { reason: 'awaits', text: 'It runs: it has returned a promise and waits for that.', details: {} };
  }
  const overdue = task.isOverdue ? ', and takes longer than others of its kind' : '';
  return {
    reason: 'in-thread',
    text: `A thread has it${overdue}. client.callStack() shows where it is.`,
    details: { isOverdue: task.isOverdue },
  };
}
