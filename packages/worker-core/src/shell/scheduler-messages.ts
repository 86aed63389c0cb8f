import { asAddress, type Logger } from '@grid/common';
import { isCoordinationAnswer, type Message, type MessageWith } from '@grid/protocol';
import { isMessage, type ConnectionPool } from '@grid/rpc';

import type { Executor } from '../executor/executor.js';
import type { WorkerUploads } from '../uploads/worker-uploads.js';
import { checkAcquireReplicas } from './check-acquire-replicas.js';
import { checkComputeTasks } from './check-compute-tasks.js';
import { checkResources } from './check-resources.js';
import type { CoreRunner } from './core-runner.js';
import { IntroducedFunctions } from './introduced-functions.js';
import type { SchedulerLines } from './scheduler-lines.js';
import type { StepGate } from './step-gate.js';
import type { WorkerLogs } from './worker-logs.js';

/** What is told of what the scheduler says. */
export interface SchedulerMessagesParts {
  readonly gate: StepGate;
  readonly runner: CoreRunner;
  readonly executor: Executor;
  readonly lines: SchedulerLines;
  readonly logs: WorkerLogs;
  readonly uploads: WorkerUploads;
  readonly pool: ConnectionPool;
  readonly logger: Logger;
  /** The scheduler wants this worker to leave. */
  onClose(reason: string): void;
}

/** Hands on what the scheduler says, in order, and nothing that a scheduler has said that is gone. */
export class SchedulerMessages {
  readonly #parts: SchedulerMessagesParts;
  readonly #functions = new IntroducedFunctions();
  /** How many schedulers there were before. */
  #formerSchedulers = 0;

  constructor(parts: SchedulerMessagesParts) {
    this.#parts = parts;
  }

  take(message: Message): void {
    const { gate, lines, logs, uploads } = this.#parts;
    if (isMessage(message, 'close-worker')) this.#parts.onClose(message.reason);
    else if (isCoordinationAnswer(message)) lines.receive(message);
    else if (isMessage(message, 'follow-logs')) logs.follow(message.level);
    else if (isMessage(message, 'drop-upload')) void gate.hold(() => uploads.drop(message.name));
    else {
      const spokenBy = this.#formerSchedulers;
      gate.run(() => {
        if (spokenBy === this.#formerSchedulers) this.#hand(message);
      });
    }
  }

  /** The scheduler is gone: what is here is kept, and what belonged to it is let go. Settles when nothing is under way from peers. */
  async loseScheduler(): Promise<void> {
    const { runner, executor, lines, logs, pool } = this.#parts;
    const { state } = runner;
    this.#formerSchedulers += 1;
    const peers = [...state.peers.values(), ...state.gathering.values()];
    lines.lose();
    logs.follow(null);
    runner.give({ type: 'lose-scheduler' });
    executor.freeFunctions(this.#functions.loseScheduler(state.tasks.values()), []);
    // It is of no use, and would come under numbers that are about to be others'.
    for (const { address } of peers) pool.remove(asAddress(address), 'the scheduler is gone');
    await runner.gathered();
  }

  /**
   * To be called right before the next scheduler is told what is here. Tasks that stood behind a slow one have come back from
   * their threads since, and are planned as little by it as those that had not begun when the last one was lost.
   */
  giveUpPlans(): void {
    this.#parts.runner.give({ type: 'lose-scheduler' });
  }

  #hand(message: Message): void {
    const { runner, executor, logger } = this.#parts;
    const ended = this.#functions.takeEnded();
    if (ended.length > 0) executor.freeFunctions(ended, []);
    if (isMessage(message, 'compute-tasks')) {
      checkComputeTasks(message);
      if (message.functions.length > 0) {
        for (const { id } of message.functions) this.#functions.introduce(id);
        executor.addFunctions(message.functions, message.units);
      }
      runner.give({ type: 'compute-tasks', message });
    } else if (isMessage(message, 'free-keys')) {
      runner.give({ type: 'free-keys', message });
    } else if (isMessage(message, 'steal-request')) {
      runner.give({ type: 'steal-request', message });
    } else if (isMessage(message, 'count-runs') || isMessage(message, 'list-runs')) {
      runner.answerAudit(message);
    } else if (isMessage(message, 'refresh-who-has')) {
      runner.give({ type: 'refresh-who-has', message });
    } else if (isMessage(message, 'acquire-replicas')) {
      checkAcquireReplicas(message);
      runner.give({ type: 'acquire-replicas', message });
    } else if (isMessage(message, 'remove-replicas')) {
      runner.give({ type: 'remove-replicas', message });
    } else if (isMessage(message, 'remove-worker')) {
      this.#onRemoveWorker(message);
    } else if (isMessage(message, 'set-worker-resources')) {
      runner.give({ type: 'set-resources', resources: checkResources(message.resources) });
    } else if (isMessage(message, 'free-functions')) {
      for (const id of Array.from(message.functionIds)) this.#functions.forget(id);
      executor.freeFunctions(message.functionIds, message.unitHashes);
      runner.give({ type: 'free-functions', message });
    } else {
      logger.warn({ op: message.op }, 'the scheduler said what a worker does not understand');
    }
  }

  #onRemoveWorker(message: MessageWith<'remove-worker'>): void {
    const { runner, pool } = this.#parts;
    const peer = runner.state.peers.get(message.workerId);
    // Whatever is under way from there will not come.
    if (peer !== undefined) pool.remove(asAddress(peer.address), 'the worker has left the cluster');
    runner.give({ type: 'remove-worker', message });
  }
}
