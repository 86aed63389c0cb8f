import type { RunStack } from './executor.js';
import type { PoolThread, Run } from './pool-thread.js';
import type { ThreadInspector, ThreadStack } from './thread-inspector.js';

/**
 * Reads where tasks are in their code.
 *
 * @param wanted - numbers of tasks; `null`: all
 */
export async function readCallStacks(
  threads: readonly PoolThread[],
  wanted: ReadonlySet<number> | null,
  inspector: ThreadInspector,
): Promise<RunStack[]> {
  const isWanted = ({ task }: Run): boolean => wanted === null || wanted.has(task.taskId);
  const asked = threads.filter((thread) => [...thread.runs.values()].some(isWanted));
  const ids = asked.map(({ link }) => link?.threadId).filter((id) => id !== undefined);
  const { stacks, problem } = await inspector.read(ids);
  return asked.flatMap((thread) => {
    const threadId = thread.link?.threadId;
    const stack = threadId === undefined ? undefined : stacks.get(threadId);
    const why = threadId === undefined ? 'it runs on the event loop that moves messages, not in a thread' : problem;
    // What has ended meanwhile is not among them any more.
    return [...thread.runs.values()].filter(isWanted).map((run) => stackOfRun(thread, run, stack, why));
  });
}

function stackOfRun(thread: PoolThread, run: Run, stack: ThreadStack | undefined, problem: string): RunStack {
  const { taskId, key } = run.task;
  if (stack?.taskId === taskId) return { taskId, key, status: 'running', stack: stack.frames, problem: '' };
  if (run.isSuspended) return { taskId, key, status: 'awaiting', stack: '', problem: '' };
  if (!thread.hasBegun(run)) return { taskId, key, status: 'assigned', stack: '', problem: '' };
  const why = problem === '' ? 'it ended, or was in native code, while it was looked at' : problem;
  return { taskId, key, status: 'running', stack: '', problem: why };
}
