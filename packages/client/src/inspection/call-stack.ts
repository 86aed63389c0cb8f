import type { MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import type { Future } from '../future.js';
import { assertInspectable } from './assert-inspectable.js';

/** Where a task is in its code. */
export interface TaskStack {
  /**
   * - `running`: its code runs, and {@link TaskStack.stack} says where.
   * - `awaiting`: it waits for a promise; none of its code runs, so there is no stack.
   * - `assigned`: its worker has handed it to a thread, where another task runs before it.
   */
  readonly status: 'running' | 'awaiting' | 'assigned';
  /**
   * As the stack of an error, the innermost call first, in your own files. A loop without an end shows the line that it is
   * at; code after an `await` shows who called it, as far as the engine remembers.
   */
  readonly stack: string;
  /** Why there is no stack although it runs; else empty. */
  readonly problem: string;
}

/** Which tasks to look at. */
export interface CallStackOptions {
  /** Futures or keys. Default: all tasks that threads have. */
  readonly tasks?: readonly (Future<unknown> | string)[];
  /** Addresses or names of workers. Default: all. */
  readonly workers?: readonly string[];
}

/** Where tasks are in their code, by worker and key. */
export async function callStack(
  parts: ClientParts,
  { tasks, workers = [] }: CallStackOptions,
): Promise<Record<string, Record<string, TaskStack>>> {
  parts.assertOpen('read call stacks');
  await assertInspectable(parts);
  parts.outbox.closeBatch();
  const keys = tasks === undefined ? null : tasks.map((task) => (typeof task === 'string' ? task : task.key));
  const reply = await parts.requests.request({ op: 'call-stacks', keys, workers });
  return Object.fromEntries(
    reply.workers
      .filter((row) => row.tasks.length > 0)
      .map((row) => [row.worker, Object.fromEntries(row.tasks.map((task) => [task.key, open(parts, task)]))]),
  );
}

type Row = MessageWith<'call-stacks-reply'>['workers'][number]['tasks'][number];

function open({ opener }: ClientParts, { status, stack, problem }: Row): TaskStack {
  return { status, stack: stack === '' ? '' : opener.mapStack(stack), problem };
}
