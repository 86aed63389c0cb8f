/** States of tasks, with `unknown` for one that a core knows nothing of (any more). */
export const STATES = {
  scheduler: ['released', 'waiting', 'no-worker', 'queued', 'processing', 'memory', 'erred', 'unknown'],
  worker: [
    'waiting',
    'ready',
    'constrained',
    'executing',
    'long-running',
    'memory',
    'fetch',
    'flight',
    'missing',
    'cancelled',
    'resumed',
    'unknown',
  ],
} as const;

/** Something that happens, by core and word, and the states in which tasks are then. */
export type Cells = Readonly<Record<string, readonly string[]>>;

/** What cannot happen, and why. */
export const IMPOSSIBLE: readonly {
  readonly events: readonly string[];
  readonly states: readonly string[];
  readonly why: string;
}[] = [
  {
    events: ['scheduler remove-worker'],
    states: ['released', 'waiting', 'no-worker', 'queued', 'erred', 'unknown'],
    why: 'a worker has tasks that it computes and results that it holds, and no others',
  },
  {
    events: ['scheduler remove-client', 'scheduler restart'],
    states: ['unknown'],
    why: 'it goes through the tasks that there are',
  },
  {
    events: [
      'worker execute-failure',
      'worker execute-rescheduled',
      'worker execute-returned',
      'worker execute-success',
    ],
    states: ['waiting', 'ready', 'constrained', 'memory', 'fetch', 'flight', 'missing', 'unknown'],
    why: 'a task that a thread has is in no other state until the thread has let go of it',
  },
  {
    events: ['worker execute-suspended', 'worker execute-overdue', 'worker secede'],
    states: ['waiting', 'ready', 'constrained', 'memory', 'fetch', 'flight', 'missing', 'unknown'],
    why: 'the same',
  },
  {
    events: ['worker gather-busy', 'worker gather-network-failure'],
    states: ['unknown', 'fetch', 'missing'],
    why: 'what a peer was asked for is in flight until it answers, wanted or not',
  },
  { events: ['worker gather-success'], states: ['fetch', 'missing'], why: 'the same' },
  {
    events: ['worker pause', 'worker unpause', 'worker remove-worker'],
    states: ['unknown'],
    why: 'it goes through the tasks that there are',
  },
];

/** What may happen, and did not in the 300 worlds: too seldom, or these worlds do not do it. Whoever adds to worlds shortens this. */
export const SELDOM: Cells = {
  'scheduler add-keys': ['no-worker', 'queued', 'erred'],
  'scheduler cancel-keys': ['released', 'queued'],
  'scheduler fire-and-forget': ['released', 'no-worker'],
  'scheduler long-running': ['released', 'waiting', 'no-worker', 'queued', 'memory', 'erred'],
  'scheduler missing-data': ['released', 'waiting', 'no-worker', 'queued', 'erred', 'unknown'],
  'scheduler plan-scatter': ['waiting', 'no-worker', 'queued', 'processing', 'erred'],
  'scheduler release-worker-data': ['released', 'waiting', 'no-worker', 'queued', 'processing', 'erred'],
  'scheduler request-refresh-who-has': ['released', 'no-worker', 'queued', 'erred'],
  'scheduler reschedule-task': ['released', 'waiting', 'no-worker', 'queued', 'memory', 'erred', 'unknown'],
  'scheduler retry-keys': ['released', 'no-worker', 'queued', 'processing', 'memory', 'unknown'],
  'scheduler steal-response': ['waiting', 'no-worker', 'queued', 'erred', 'unknown'],
  'scheduler task-erred': ['no-worker', 'queued', 'memory', 'erred'],
  'scheduler tasks-finished': ['no-worker', 'queued', 'memory', 'erred'],
  'worker acquire-replicas': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'fetch', 'missing', 'cancelled', 'resumed'],
  'worker compute-tasks': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'fetch', 'resumed'],
  'worker execute-failure': ['cancelled', 'resumed'],
  'worker execute-overdue': ['long-running'],
  'worker execute-rescheduled': ['long-running', 'cancelled', 'resumed'],
  'worker execute-returned': ['long-running'],
  'worker execute-success': ['resumed'],
  'worker execute-suspended': ['long-running', 'cancelled', 'resumed'],
  'worker free-keys': ['long-running', 'fetch', 'flight', 'cancelled', 'resumed'],
  'worker gather-busy': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'memory', 'cancelled', 'resumed'],
  'worker gather-network-failure': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'memory', 'cancelled', 'resumed'],
  'worker gather-success': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'memory', 'resumed', 'unknown'],
  'worker lose-data': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'fetch', 'flight', 'cancelled', 'resumed'],
  'worker pause': ['waiting', 'constrained', 'long-running', 'flight', 'missing', 'cancelled', 'resumed'],
  'worker refresh-who-has': ['waiting', 'constrained', 'long-running', 'flight', 'cancelled', 'resumed'],
  'worker remove-replicas': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'fetch', 'flight', 'missing', 'cancelled', 'resumed', 'unknown'],
  'worker remove-worker': ['constrained', 'long-running', 'resumed'],
  'worker secede': ['long-running', 'cancelled', 'resumed'],
  'worker steal-request': ['waiting', 'constrained', 'long-running', 'fetch', 'flight', 'missing', 'cancelled', 'resumed', 'unknown'],
  'worker unpause': ['waiting', 'constrained', 'long-running', 'fetch', 'flight', 'missing', 'cancelled', 'resumed'],
  'worker update-data': ['waiting', 'ready', 'constrained', 'executing', 'long-running', 'fetch', 'flight', 'missing', 'cancelled', 'resumed'],
};
