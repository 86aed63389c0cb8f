import {
  LinkOutput,
  NOTHING,
  STATE_COUNT,
  STATE_NAMES,
  TRANSITION_TABLE,
  type Transition,
} from '@grid/scheduler-core/simulation';
import { SchedulerOutbox } from '@grid/worker-core/simulation';
import { MemoryStore } from '@grid/worker-core';

/** A bug that is put into a product on purpose, to see whether a simulation finds it. */
export interface Plant {
  readonly name: string;
  /** Puts it in; what it returns takes it out again, and says whether it ever did any harm. */
  plant(): () => { readonly hasActed: boolean };
}

/** Every step of a task on the scheduler without its effects, and without what it proposes; and every word that can be lost. */
export function allPlants(): readonly Plant[] {
  const plants: Plant[] = [];
  for (const [index, step] of TRANSITION_TABLE.entries()) {
    if (step === undefined) continue;
    const name = `${nameOf(Math.floor(index / STATE_COUNT))}->${nameOf(index % STATE_COUNT)}`;
    plants.push({ name: `${name} tells nobody`, plant: () => replaceStep(index, mute) });
    plants.push({ name: `${name} proposes nothing`, plant: () => replaceStep(index, withoutProposals) });
  }
  for (const word of SCHEDULER_WORDS)
    plants.push(losing(`the scheduler's ${word} is lost`, LinkOutput.prototype, word));
  for (const word of WORKER_WORDS) plants.push(losing(`a worker's ${word} is lost`, SchedulerOutbox.prototype, word));
  plants.push(losing('a value stays that is dropped', MemoryStore.prototype, 'delete'));
  return plants;
}

const SCHEDULER_WORDS = [
  'computeTask',
  'stealTask',
  'freeKeys',
  'acquireReplica',
  'removeReplica',
  'removeWorker',
  'refreshWhoHas',
  'keyInMemory',
  'keyErred',
  'keyLost',
  'keyCancelled',
  'keyRetried',
  'graphRefused',
] as const;

const WORKER_WORDS = [
  'taskFinished',
  'taskErred',
  'longRunning',
  'rescheduleTask',
  'stealResponse',
  'addKeys',
  'releaseData',
  'missingData',
  'requestRefresh',
] as const;

/** One in so many is lost: were it all of them, less would happen in which more can go wrong. */
const LOSES_EVERY = 3;

type Wrapper = (step: Transition, onHarm: () => void) => Transition;

/** What it has others do is not done. */
const mute: Wrapper = (step, onHarm) => (state, task, out) => {
  const muted = new Proxy(out, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return () => onHarm();
    },
  });
  step(state, task, muted);
};

/** What it proposes for other tasks is forgotten. */
const withoutProposals: Wrapper = (step, onHarm) => (state, task, out) => {
  const before = state.work.length;
  step(state, task, out);
  for (const proposed of state.work.splice(before)) {
    if (proposed === task) state.work.push(proposed);
    else {
      onHarm();
      proposed.recommended = NOTHING;
    }
  }
};

function replaceStep(index: number, wrap: Wrapper): () => { hasActed: boolean } {
  const table = TRANSITION_TABLE as (Transition | undefined)[];
  const step = table[index] as Transition;
  let hasActed = false;
  table[index] = wrap(step, () => {
    hasActed = true;
  });
  return () => {
    table[index] = step;
    return { hasActed };
  };
}

function losing<Owner extends object>(name: string, owner: Owner, word: keyof Owner & string): Plant {
  return {
    name,
    plant: () => {
      const methods = owner as unknown as Record<string, (...args: unknown[]) => unknown>;
      const method = methods[word] as (...args: unknown[]) => unknown;
      let calls = 0;
      methods[word] = function lose(this: unknown, ...args) {
        calls += 1;
        return calls % LOSES_EVERY === 0 ? undefined : method.apply(this, args);
      };
      return () => {
        methods[word] = method;
        return { hasActed: calls >= LOSES_EVERY };
      };
    },
  };
}

function nameOf(state: number): string {
  return STATE_NAMES[state] ?? '';
}
