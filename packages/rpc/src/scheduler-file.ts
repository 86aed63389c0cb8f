import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { messageOf } from '@grid/common';

import { RpcError } from './errors.js';

/** What a scheduler says of itself in its file. */
export interface SchedulerFileContent {
  /** Where peers reach it. */
  readonly address: string;
  readonly [fact: string]: unknown;
}

/** How often it is looked for a file that is not there yet, in milliseconds. */
const POLL_MS = 100;

/**
 * Writes the file by which others find a scheduler. Who reads it sees all of it, or what was there before. No secret belongs
 * into it: everybody may read it.
 *
 * @throws {@link RpcError} `GRID_RPC_SCHEDULER_FILE`
 */
export function writeSchedulerFile(file: string, content: SchedulerFileContent): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o644 });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw failed(`cannot write the scheduler file ${file}: ${messageOf(cause)}`, file, cause);
  }
}

/** Removes the file, unless another scheduler has written its own there meanwhile. */
export function removeSchedulerFile(file: string, { address }: SchedulerFileContent): void {
  try {
    if (parse(readFileSync(file, 'utf8')).address === address) rmSync(file, { force: true });
  } catch {
    // It is gone already, or was never ours.
  }
}

/** How long to look for a file. */
export interface ReadSchedulerFileOptions {
  /** Milliseconds to wait for a file that is not there, or is of no use. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The address of a scheduler that writes it into a file; waits for the file.
 *
 * @throws {@link RpcError} `GRID_RPC_SCHEDULER_FILE`; the signal's reason
 */
export async function readSchedulerFile(file: string, options: ReadSchedulerFileOptions): Promise<string> {
  const { timeoutMs, signal } = options;
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return parse(readFileSync(file, 'utf8')).address;
    } catch (cause) {
      if (performance.now() >= endsAt) {
        const text = `the scheduler file ${file} was of no use after ${String(timeoutMs)} ms: ${messageOf(cause)}; start the scheduler with --scheduler-file`;
        throw failed(text, file, cause);
      }
    }
    await pause(Math.min(POLL_MS, Math.max(1, endsAt - performance.now())));
  }
}

function parse(text: string): SchedulerFileContent {
  const content: unknown = JSON.parse(text);
  const address: unknown = (content as { readonly address?: unknown } | null)?.address;
  if (typeof address !== 'string' || address === '') throw new TypeError("it has no field 'address'");
  return content as SchedulerFileContent;
}

function failed(text: string, file: string, cause: unknown): RpcError {
  return new RpcError('GRID_RPC_SCHEDULER_FILE', text, { details: { file }, cause });
}
