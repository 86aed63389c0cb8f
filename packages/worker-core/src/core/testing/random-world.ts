import { expect } from '@jest/globals';
import fc from 'fast-check';

import { takeInventory } from '../inventory.js';
import { CoreHarness } from './core-harness.js';

/** Tasks that a random world knows of. */
export const TASKS = 8;

/** One thing that happens; the numbers pick among what can happen at that moment. */
export const arbitraryEvents = fc.array(fc.record({ kind: fc.nat(19), pick: fc.nat(1000), more: fc.nat(0xffff) }), {
  minLength: 1,
  maxLength: 60,
});

/** A scheduler, threads and peers that do everything that real ones may do, in any order. */
export class RandomWorld {
  readonly core: CoreHarness;
  /** The run that the scheduler waits for, of each task that it has asked for. */
  readonly expected = new Map<number, number>();
  /** Copies that the scheduler has asked for and has not heard of. */
  readonly asked = new Set<number>();
  readonly executing = new Set<number>();
  readonly gathers = new Map<number, number[]>();
  /** Numbers of the other workers that are there. */
  readonly peers = [2, 3, 4];
  #runId = 0;

  /** @param threads - of the worker; with few of them tasks have to wait */
  constructor(threads = 2) {
    this.core = new CoreHarness({
      threads,
      pushAheadMs: threads === 1 ? 0 : 0.6,
      gatherBytesMax: 16,
      incomingBytesMax: 24,
    });
  }

  happen(kind: number, pick: number, more: number): void {
    switch (kind) {
      case 0:
      case 1:
      case 2:
        return this.compute(pick % TASKS, more);
      case 3:
        return this.free(pick % TASKS);
      case 4:
      case 5:
        return this.endExecution(pick, more % 6);
      case 6:
        return this.changeExecution(pick, more % 4);
      case 7:
      case 8:
        return this.endGather(pick, more);
      case 9:
        return this.read(this.core.refresh([pick % TASKS, this.peers.filter((_, index) => (more >> index) % 2 === 1)]));
      case 10:
        return this.replacePeer(pick % this.peers.length);
      case 11:
        return this.read(
          this.core.give({ type: 'retry-busy-peer', workerId: this.peers[pick % this.peers.length] as number }),
        );
      case 12:
        return this.read(this.core.put(pick % TASKS));
      case 13:
        return this.read(this.core.lose(pick % TASKS));
      case 14:
        return this.read(this.core.steal(pick % TASKS, this.expected.get(pick % TASKS) ?? 0));
      case 15:
      case 16:
        return this.acquire(pick % TASKS, more);
      case 17:
        this.asked.delete(pick % TASKS);
        return this.read(this.core.remove(pick % TASKS));
      case 18:
        // As seldom as it is: it undoes what most other events have brought about.
        return more % 4 === 0 ? this.loseScheduler() : undefined;
      default:
        return this.read(this.core.give({ type: 'find-missing' }));
    }
  }

  compute(taskId: number, more: number): void {
    this.#runId += 1;
    this.expected.set(taskId, this.#runId);
    const dependencies = Array.from({ length: taskId }, (_, index) => index)
      .filter((index) => (more >> index) % 3 === 1)
      .map((index) => [index, this.peers.filter((_, peer) => (more >> (peer + 2)) % 2 === 1)] as const);
    const row = {
      taskId,
      runId: this.#runId,
      priority: more % 3,
      functionId: taskId % 2,
      dependencies,
      ...(more % 5 === 0 && { resources: { GPU: 1 + (more % 2) } }),
      ...(more % 5 === 1 && { resources: { GPU: 1, MEM: 1 } }),
    };
    this.read(this.core.compute([row], this.peers));
  }

  acquire(taskId: number, more: number): void {
    this.asked.add(taskId);
    const holders = this.peers.filter((_, index) => (more >> index) % 2 === 1);
    this.read(this.core.acquire([taskId, holders]));
  }

  free(taskId: number): void {
    this.expected.delete(taskId);
    this.asked.delete(taskId);
    this.read(this.core.free(taskId));
  }

  /** Another one comes in its place, under a number of its own. */
  replacePeer(index: number): void {
    const workerId = this.peers[index] as number;
    this.peers[index] = Math.max(...this.peers) + 1;
    this.read(this.core.removeWorker(workerId));
  }

  /** Another one takes its place, under which nothing has the number of a peer that was asked before. */
  loseScheduler(): void {
    this.read(this.core.give({ type: 'lose-scheduler' }));
    for (const [workerId] of [...this.gathers]) {
      this.gathers.delete(workerId);
      this.read(this.core.give({ type: 'gather-network-failure', workerId }));
    }
    this.asked.clear();
    const running = new Set(takeInventory(this.core.state).tasks.filter(({ isExecuting }) => isExecuting));
    for (const taskId of [...this.expected.keys()]) {
      const task = this.core.state.tasks.get(taskId);
      if (task === undefined || !running.has(task)) this.expected.delete(taskId);
    }
  }

  endExecution(pick: number, end: number): void {
    const taskId = [...this.executing][pick % Math.max(1, this.executing.size)];
    if (taskId === undefined) return;
    this.executing.delete(taskId);
    if (end < 3) return this.read(this.core.succeed(taskId, 8, pick % 3));
    if (end === 3) return this.read(this.core.fail(taskId));
    if (end === 4) return this.read(this.core.returned(taskId));
    this.read(this.core.give({ type: 'execute-rescheduled', taskId }));
  }

  changeExecution(pick: number, change: number): void {
    const taskId = [...this.executing][pick % Math.max(1, this.executing.size)];
    if (taskId === undefined) return;
    if (change === 0) return this.read(this.core.give({ type: 'execute-suspended', taskId }));
    if (change === 1) return this.read(this.core.give({ type: 'execute-overdue', taskId }));
    if (change === 2) return this.read(this.core.give({ type: 'rejoin', taskId }));
    this.read(this.core.give({ type: 'secede', taskId, duration: 1 }));
  }

  endGather(pick: number, more: number): void {
    const workerId = [...this.gathers.keys()][pick % Math.max(1, this.gathers.size)];
    if (workerId === undefined) return;
    const taskIds = this.gathers.get(workerId) as number[];
    this.gathers.delete(workerId);
    switch (more % 5) {
      case 0:
        return this.read(this.core.give({ type: 'gather-busy', workerId }));
      case 1:
        return this.read(this.core.give({ type: 'gather-network-failure', workerId }));
      case 2:
        return this.read(
          this.core.give({
            type: 'gather-failure',
            workerId,
            failure: { error: { body: new Uint8Array(0), buffers: [] }, name: '', message: 'odd', stack: '' },
          }),
        );
      default:
        return this.read(this.core.receive(workerId, ...taskIds.filter((_, index) => (more >> (index + 3)) % 2 === 0)));
    }
  }

  /** Follows what the core asked for, as the shell and the scheduler would. */
  read(lines: readonly string[]): void {
    for (const line of lines) {
      const [word, first = '', , third = ''] = line.split(' ');
      const taskId = Number(first);
      if (word === 'execute') {
        expect(this.executing.has(taskId)).toBe(false);
        this.executing.add(taskId);
      }
      if (word === 'stop') expect(this.executing.has(taskId)).toBe(true);
      if (word === 'gather') {
        expect(this.gathers.has(Number(third))).toBe(false);
        this.gathers.set(Number(third), first.split('+').map(Number));
      }
      if (word === 'finished' || word === 'add-keys' || word === 'release') this.asked.delete(taskId);
      if (word === 'finished' || word === 'erred' || word === 'reschedule' || word === 'given-up') {
        // An answer that the scheduler does not wait for would be to a run of the past.
        expect(this.expected.get(taskId)).toBe(Number(third));
        this.expected.delete(taskId);
      }
    }
  }

  /** From now on all goes well: threads end their tasks, peers have everything and are never busy. */
  settle(): void {
    for (let step = 0; step < 500; step += 1) {
      for (const workerId of this.peers) this.read(this.core.give({ type: 'retry-busy-peer', workerId }));
      for (const taskId of [...this.executing]) {
        this.executing.delete(taskId);
        this.read(this.core.succeed(taskId));
      }
      for (const [workerId, taskIds] of [...this.gathers]) {
        this.gathers.delete(workerId);
        this.read(this.core.receive(workerId, ...taskIds));
      }
      for (const task of this.core.state.missing) this.read(this.core.refresh([task.taskId, this.peers]));
      if (this.executing.size === 0 && this.gathers.size === 0 && this.core.state.missing.size === 0) return;
    }
  }
}
