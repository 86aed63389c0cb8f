import { isGridError } from '@grid/common';
import { SPANS_FEATURE, type Facts, type MessageWith } from '@grid/protocol';

import type { SpanRecord } from '../../core/spans/span-record.js';
import { STATE, STATE_NAMES } from '../../core/task-state.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

/** A worker that is slower tells of what it did with its next heartbeat. Milliseconds. */
const WORKER_TIMEOUT_MS = 2000;

/** All spans, and what workers spent their time on, up to now. */
export async function spans(server: SchedulerContext): Promise<MessageWith<'spans-reply'>> {
  await Promise.all(Array.from(server.workerPeers, (peer) => flush(server, peer)));
  return {
    op: 'spans-reply',
    spans: Array.from(server.state.spans.all, describe),
    activities: server.activities.rows(),
  };
}

/** What it says stands before its answer. */
async function flush(server: SchedulerContext, { link, record }: WorkerPeer): Promise<void> {
  if (record === null || !link.peer.features.includes(SPANS_FEATURE)) return;
  try {
    await link.request({ op: 'flush-activities' }, { timeoutMs: WORKER_TIMEOUT_MS });
  } catch (error) {
    if (!isGridError(error)) throw error;
    server.logger.debug({ worker: record.about.address, code: error.code }, 'a worker did not tell of its activities');
  }
}

function describe(span: SpanRecord): Facts {
  return {
    number: span.number,
    id: span.id,
    name: span.name,
    parent: span.parent?.number ?? 0,
    enqueuedAt: span.enqueuedAt,
    start: span.startMs,
    stop: span.stopMs,
    storedBytes: span.storedBytes,
    tasks: Object.fromEntries(
      STATE_NAMES.flatMap((name, code) => (code === STATE.forgotten ? [] : [[name, span.stateCounts[code] ?? 0]])),
    ),
    forgotten: span.stateCounts[STATE.forgotten] ?? 0,
    prefixes: Object.fromEntries(Array.from(span.prefixes, ([name, runs]) => [name, { ...runs }])),
  };
}
