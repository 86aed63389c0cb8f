import type { Facts, NumberColumn } from '@grid/protocol';

import type { SpanPath } from './spans/span-table.js';
import type { SpanRecord } from './spans/span-record.js';

/** So much of an abstract resource, such as `GPU`. */
export interface ResourceAmount {
  readonly name: string;
  readonly amount: number;
}

/** What all tasks of one submission have in common, as the client asked for it. */
export interface GraphOptions {
  /** Higher runs earlier. */
  readonly priority: number;
  /** Milliseconds within which submissions share a generation. */
  readonly fifoTimeoutMs: number;
  readonly retries: number;
  /** Addresses, names or hosts; empty for any. */
  readonly workers: readonly string[];
  readonly allowOtherWorkers: boolean;
  /** Milliseconds that a run may take; 0 for no limit. */
  readonly timeoutMs: number;
  /** What a task occupies of its worker while it runs; `null` for nothing. */
  readonly resources: readonly ResourceAmount[] | null;
  /** Whether what these tasks make are actors: objects that stay where they were made, and are never made twice. */
  readonly actor: boolean | null;
  /** The spans around the submission; `null`: none. */
  readonly span: SpanPath | null;
  /** What the user has noted about them; `null`: nothing. */
  readonly custom: Facts | null;
}

/** Encoded argument tuples of a submission. Nobody here opens them. */
export interface ArgumentBlock {
  readonly block: Uint8Array;
  /** Where each row ends. */
  readonly ends: NumberColumn;
  /** Large buffers of the rows that have any. */
  readonly buffers: ReadonlyMap<number, readonly Uint8Array[]> | null;
}

/**
 * What the tasks of one submission are made of. Their records hold a row number and this; nothing is copied out.
 *
 * It lives as long as one of its tasks does.
 */
export class GraphBlock {
  /** Smaller runs earlier, among equal user priorities. */
  generation = 0;
  /** How many records use this; and 1 more for as long as it is being taken in. */
  liveCount = 1;
  /** It was turned away; what earlier slices of it brought is to go. */
  isRefused = false;
  /** Where its tasks are counted besides; known once it is taken in. */
  span: SpanRecord | null = null;
  /** Arguments of rows that name a task twice: their references count positions before the copies were dropped. */
  aliasedRows: Map<number, readonly object[]> | null = null;

  /** The client's number for this submission. */
  readonly graphId: number;
  /** The function of each row, or one for all. */
  readonly functionIds: NumberColumn | number;
  readonly args: ArgumentBlock;
  /** The place of each row in the order of execution, or `null`: as listed. */
  readonly order: NumberColumn | null;
  readonly options: GraphOptions;

  constructor(parts: Pick<GraphBlock, 'graphId' | 'functionIds' | 'args' | 'order' | 'options'>) {
    this.graphId = parts.graphId;
    this.functionIds = parts.functionIds;
    this.args = parts.args;
    this.order = parts.order;
    this.options = parts.options;
  }

  functionIdOf(row: number): number {
    return typeof this.functionIds === 'number' ? this.functionIds : (this.functionIds[row] as number);
  }
}
