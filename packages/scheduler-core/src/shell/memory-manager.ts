import { messageOf, type Logger } from '@grid/common';

import type { MemoryPolicy } from '../core/memory-manager/memory-policy.js';
import { ReduceReplicas } from '../core/memory-manager/reduce-replicas.js';
import type { Stimulus } from '../core/stimulus.js';
import { SchedulerError } from '../errors.js';

/** A policy by its name, or one of your own. */
export type PolicyOption = MemoryPolicy | 'ReduceReplicas';

/** How copies of results are looked after. */
export interface MemoryManagerOptions {
  /** Whether it runs from the start on; clients can start and stop it. @defaultValue true */
  readonly start?: boolean;
  /** Milliseconds between rounds. @defaultValue 2000 */
  readonly intervalMs?: number;
  /** What runs in each round, in this order. @defaultValue `['ReduceReplicas']` */
  readonly policies?: readonly PolicyOption[];
}

const DEFAULT_INTERVAL_MS = 2000;

const BUILT_IN: Readonly<Record<string, () => MemoryPolicy>> = { ReduceReplicas: () => new ReduceReplicas() };

/** Runs policies about copies of results every few seconds, or when it is told to. */
export class MemoryManager {
  readonly #options: MemoryManagerOptions;
  readonly #policies: readonly MemoryPolicy[];
  readonly #stimulate: (stimulus: Stimulus) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: MemoryManagerOptions, stimulate: (stimulus: Stimulus) => void) {
    this.#options = options;
    this.#policies = (options.policies ?? ['ReduceReplicas']).map(resolvePolicy);
    this.#stimulate = stimulate;
  }

  /** Whether it runs by itself. */
  get isRunning(): boolean {
    return this.#timer !== null;
  }

  /** Whether it is to run by itself from the start on. */
  get startsByItself(): boolean {
    return this.#options.start ?? true;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.runOnce(), this.#options.intervalMs ?? DEFAULT_INTERVAL_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** One round. What workers are asked to do takes its time. */
  runOnce(): void {
    this.#stimulate({ op: 'manage-memory', policies: this.#policies });
  }
}

function resolvePolicy(option: PolicyOption): MemoryPolicy {
  if (typeof option !== 'string') return option;
  const create = BUILT_IN[option];
  if (create !== undefined) return create();
  throw new SchedulerError(
    'GRID_SCHEDULER_BAD_OPTION',
    `there is no memory policy '${option}'; there is ${Object.keys(BUILT_IN).join(', ')}, or pass one of your own`,
    { details: { policy: option } },
  );
}

/** Says that a policy threw, once for each policy: it throws in every round. */
export function policyReporter(logger: Logger): (policy: string, error: unknown) => void {
  const told = new Set<string>();
  return (policy, error) => {
    if (told.has(policy)) return;
    told.add(policy);
    logger.error({ policy, error: messageOf(error) }, 'a memory policy failed; it goes on with the next round');
  };
}
