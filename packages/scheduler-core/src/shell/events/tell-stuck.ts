import type { Logger } from '@grid/common';

import type { SchedulerState } from '../../core/scheduler-state.js';
import type { StuckFinding, StuckKind } from '../../core/stuck/stuck-finding.js';
import { CLUSTER_TOPICS, type ClusterEvents } from './cluster-events.js';

/** So many steps of the story are told. */
const STEPS_MAX = 20;

const TEXTS: Readonly<Record<StuckKind, string>> = {
  'lost-run': 'a task was waited for that its worker does not know of; it is given out anew',
  'unwanted-run': 'a worker has a task that nobody wants of it; it is told so again',
  'no-reason': 'nothing keeps a task where it is; what becomes of it is decided anew',
};

interface Teller {
  readonly events: ClusterEvents;
  readonly state: SchedulerState;
  readonly logger: Logger;
}

/**
 * Tells of something that waited for nothing, with all that is known about how it came to that: it is a bug of this product,
 * and whoever looks for it has nothing else. To be called before it is put right.
 */
export function tellStuck({ events, state, logger }: Teller, { kind, key, taskId, worker, runId }: StuckFinding): void {
  const { address = null, name = null } = worker?.about ?? {};
  const steps = key === null ? [] : state.story.of(new Set([key])).slice(-STEPS_MAX);
  const story = steps.map(({ from, to, stimulusId, at }) => `${from}->${to} ${stimulusId} at ${String(at)}`);
  const facts = { kind, key, taskId, runId, worker: address, story };
  logger.warn({ ...facts, worker: name, address }, TEXTS[kind]);
  events.tell(address === null ? [CLUSTER_TOPICS.all] : [CLUSTER_TOPICS.all, address], 'stuck', facts);
}
