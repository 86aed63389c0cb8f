import type { ResourceAmount } from '../graph-block.js';
import { hasSupply } from '../placement/resources.js';
import { isNamed } from '../placement/restrictions.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { listNames, type Explanation, type ExplanationReason } from './explanation.js';

interface Finding {
  readonly reason: ExplanationReason;
  readonly text: string;
}

/** A task that no worker may run: which of the conditions it is that nobody meets. */
export function explainNoWorker(state: SchedulerState, task: TaskRecord): Explanation {
  const { workers: names = [], allowOtherWorkers = false, resources = null } = task.graph?.options ?? {};
  const wanted = resources ?? [];
  const candidates =
    names.length === 0 || allowOtherWorkers ? state.workers : state.workers.filter((each) => isNamed(each, names));
  const able = candidates.filter((worker) => hasSupply(worker, wanted));
  const { reason, text } = findCause(state.workers, { names, wanted, candidates, able });
  return {
    key: task.key,
    state: 'no-worker',
    reason,
    text: `No worker may run '${task.key}': ${text}`,
    details: {
      workers: state.workers.map(({ about, status }) => ({ name: about.name, address: about.address, status })),
      wantedWorkers: names,
      wantedResources: Object.fromEntries(wanted.map(({ name, amount }) => [name, amount])),
    },
  };
}

function findCause(
  all: readonly WorkerRecord[],
  conditions: {
    readonly names: readonly string[];
    readonly wanted: readonly ResourceAmount[];
    readonly candidates: readonly WorkerRecord[];
    readonly able: readonly WorkerRecord[];
  },
): Finding {
  const { names, wanted, candidates, able } = conditions;
  if (all.length === 0) return { reason: 'no-workers', text: 'there are none; start one.' };
  if (candidates.length === 0) {
    const here = listNames(all.map(({ about }) => about.name));
    const text = `it may run only on ${listNames(names)}, and none of these is here. There are ${here}. Start one of that name, or submit it with allowOtherWorkers.`;
    return { reason: 'no-such-worker', text };
  }
  if (able.length === 0) {
    const amounts = wanted.map(({ name, amount }) => `${String(amount)} ${name} (${supplyText(candidates, name)})`);
    const text = `it asks for ${amounts.join(' and ')}, and no worker that it may run on has all of it. Start one with these resources, or ask for less.`;
    return { reason: 'no-such-resource', text };
  }
  const standings = able.map(({ about, status }) => `${about.name} is ${status}`);
  return {
    reason: 'workers-not-running',
    text: `${standings.slice(0, 5).join(', ')}. A paused worker goes on when it has memory again: its log says what fills it.`,
  };
}

function supplyText(workers: readonly WorkerRecord[], name: string): string {
  const most = Math.max(...workers.map(({ resources }) => resources.get(name) ?? 0));
  return most === 0 ? 'no worker has any' : `the most that a worker has is ${String(most)}`;
}
