import { asAddress, isGridError } from '@grid/common';
import type { MessageWith } from '@grid/protocol';
import { isRemoteError, type ConnectionPool } from '@grid/rpc';

import type { PeerRecord } from '../core/peer-record.js';
import type { LocalTask } from '../core/local-task.js';
import type { Stimulus } from '../core/stimulus.js';
import { failureOf } from '../executor/failure-of.js';
import type { DataStore } from '../store/data-store.js';

export interface PeerGatherParts {
  readonly pool: ConnectionPool;
  readonly store: DataStore;
  readonly timeoutMs: number;
  /** Names this worker to its peers. */
  readonly requester: string;
  readonly now: () => number;
}

/**
 * Asks a peer for values and puts what comes into the store. Always ends in a stimulus, whatever happens.
 *
 * @returns what the core is to be told
 */
export async function gatherFromPeer(
  peer: PeerRecord,
  tasks: readonly LocalTask[],
  { pool, store, timeoutMs, requester, now }: PeerGatherParts,
): Promise<Stimulus> {
  const { workerId } = peer;
  const taskIds = tasks.map(({ taskId }) => taskId);
  try {
    const message: MessageWith<'get-data'> = { op: 'get-data', taskIds, requester };
    const reply = await pool.request(asAddress(peer.address), message, { timeoutMs });
    if (reply.status === 'busy') return { type: 'gather-busy', workerId, at: now() };
    const received = keep(reply, new Set(taskIds), store);
    return { type: 'gather-success', workerId, at: now(), ...received };
  } catch (error) {
    return { ...classify(error, workerId), at: now() };
  }
}

function keep(
  { values }: MessageWith<'get-data-reply'>,
  asked: ReadonlySet<number>,
  store: DataStore,
): { taskIds: number[]; keys: string[]; sizes: number[] } {
  const taskIds: number[] = [];
  const keys: string[] = [];
  const sizes: number[] = [];
  const rows = Math.min(values.taskIds.length, values.keys.length, values.payloads.length);
  for (let row = 0; row < rows; row += 1) {
    const taskId = values.taskIds[row] as number;
    const payload = values.payloads[row];
    // A peer must not be able to put what nobody asked for into this store.
    if (payload === undefined || !asked.has(taskId)) continue;
    const key = values.keys.at(row);
    taskIds.push(taskId);
    keys.push(key);
    sizes.push(store.put(taskId, key, payload));
  }
  return { taskIds, keys, sizes };
}

type Failed =
  | { readonly type: 'gather-busy'; readonly workerId: number }
  | { readonly type: 'gather-network-failure'; readonly workerId: number }
  | { readonly type: 'gather-failure'; readonly workerId: number; readonly failure: ReturnType<typeof failureOf> };

/** A line that breaks may work with another peer, or later; an answer that makes no sense will not make any again. */
function classify(error: unknown, workerId: number): Failed {
  if (!isGridError(error)) return { type: 'gather-failure', workerId, failure: failureOf(error) };
  const { code } = error;
  if (code === 'GRID_RPC_BUSY') return { type: 'gather-busy', workerId };
  if (code === 'GRID_WORKER_CLOSED') return { type: 'gather-network-failure', workerId };
  const isOfLine = !isRemoteError(error) && (code.startsWith('GRID_COMM_') || code.startsWith('GRID_RPC_'));
  if (isOfLine && !FINAL_CODES.has(code)) return { type: 'gather-network-failure', workerId };
  return { type: 'gather-failure', workerId, failure: failureOf(error) };
}

const FINAL_CODES: ReadonlySet<string> = new Set([
  'GRID_RPC_BAD_PEER',
  'GRID_RPC_UNAUTHENTICATED',
  'GRID_RPC_VERSION',
  'GRID_COMM_TOO_LARGE',
  'GRID_COMM_BAD_FRAME',
  'GRID_COMM_UNKNOWN_SCHEME',
]);
