import { dependenciesOf, type TaskRecord } from '../records.js';
import { STATE, STATE_NAMES, type StateCode } from '../task-state.js';
import { countOf, listNames, type Explanation } from './explanation.js';

/** A graph is looked at up to this many tasks deep or wide: who asks is not to stop the cluster. */
const VISITED_MAX = 10_000;
/** So many inputs are named. */
const INPUTS_MAX = 20;

/** What keeps a task waiting may be far down: which of several is the one that moves last, best guess first. */
const STUCK_FIRST: readonly StateCode[] = [STATE.noWorker, STATE.erred, STATE.released, STATE.queued, STATE.processing];

/**
 * A task that waits for others: for which of them, and what those that could be next are waiting for in turn.
 *
 * @param explain - of a task that waits for no other
 */
export function explainInputs(task: TaskRecord, explain: (task: TaskRecord) => Explanation): Explanation {
  const { key } = task;
  const inputs = dependenciesOf(task);
  const missing = inputs.filter((input) => input.state !== STATE.memory);
  const frontier = findFrontier(missing);
  const counts = countStates(frontier.tasks);
  const blocking = mostStuck(frontier.tasks);
  const cause = blocking === undefined ? null : explain(blocking);
  const behind = Object.entries(counts).map(([name, count]) => `${String(count)} ${name}`);
  const more = frontier.isWhole ? '' : ' or more';
  const text = [
    `'${key}' waits for ${String(missing.length)} of its ${countOf(inputs.length, 'input')}: ${listNames(missing.map((input) => input.key))}.`,
    `Next to move are ${behind.join(', ')}${more}.`,
    ...(cause === null ? [] : [`In its way: ${cause.text}`]),
  ].join(' ');
  return {
    key,
    state: 'waiting',
    reason: 'waits-for-inputs',
    text,
    details: {
      missing: missing.length,
      inputs: missing.slice(0, INPUTS_MAX).map((input) => ({ key: input.key, state: STATE_NAMES[input.state] })),
      next: counts,
      cause: cause === null ? null : { ...cause },
    },
  };
}

/** The tasks that all others behind `missing` wait for: those that wait for no task themselves. */
function findFrontier(missing: readonly TaskRecord[]): { tasks: TaskRecord[]; isWhole: boolean } {
  const seen = new Set(missing);
  const tasks: TaskRecord[] = [];
  // A Set goes on with what is added to it meanwhile.
  for (const task of seen) {
    if (seen.size > VISITED_MAX) return { tasks: tasks.length === 0 ? [task] : tasks, isWhole: false };
    if (task.state !== STATE.waiting) tasks.push(task);
    else for (const input of dependenciesOf(task)) if (input.state !== STATE.memory) seen.add(input);
  }
  return { tasks, isWhole: true };
}

function mostStuck(tasks: readonly TaskRecord[]): TaskRecord | undefined {
  for (const code of STUCK_FIRST) {
    const found = tasks.find((task) => task.state === code);
    if (found !== undefined) return found;
  }
  return undefined;
}

function countStates(tasks: readonly TaskRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of tasks) {
    const name = STATE_NAMES[state] as string;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
