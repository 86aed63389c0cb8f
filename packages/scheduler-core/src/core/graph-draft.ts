import { NumberedTexts } from '@grid/protocol';

import { addTask } from './add-task.js';
import { findCycle } from './find-cycle.js';
import { findLostRows, type LostRows } from './find-lost-rows.js';
import type { GraphRefusal } from './graph-refusal.js';
import { leaveGroup } from './prefixes.js';
import { giveSpec, lacksSpec } from './orphans.js';
import type { TaskRecord } from './records.js';
import { addMember } from './relation.js';
import type { SchedulerState } from './scheduler-state.js';
import type { UpdateGraph } from './stimulus.js';
import type { TaskGroup } from './task-group.js';
import { STATE } from './task-state.js';

/** Below this many dependencies, doubles are looked for by scanning. */
const SCAN_MAX = 16;

interface ColumnFacts {
  /** Whether every row depends on earlier ones only. */
  readonly isOrdered: boolean;
  /** Whether all that rows depend on is here. */
  readonly isComplete: boolean;
}

const PLAIN: ColumnFacts = { isOrdered: true, isComplete: true };

/**
 * The records of a submission on their way into the tables: made, checked and linked, or taken out again without a trace.
 */
export class GraphDraft {
  /** The record of each row: new ones, and those of keys that were known; `null` for rows that are turned away. */
  readonly rows: (TaskRecord | null)[] = [];
  /** The rows that need what is not here, if there are any: only they are turned away. */
  lost: GraphRefusal | null = null;
  /** Orphans that the rows say what they are made of. */
  readonly claimed = new Set<TaskRecord>();
  readonly #state: SchedulerState;
  readonly #graph: UpdateGraph;
  readonly #fresh: TaskRecord[] = [];
  /** Rows of keys that are orphans; `null`: none. */
  #orphanRows: number[] | null = null;
  #lostRows: LostRows | null = null;

  constructor(state: SchedulerState, graph: UpdateGraph) {
    this.#state = state;
    this.#graph = graph;
  }

  /** Makes all records and links them; why that cannot be, if so. Then {@link GraphDraft.undo} is to be called. */
  fill(): GraphRefusal | null {
    const columns = this.#checkDependencies();
    if ('code' in columns) return columns;
    if (!columns.isComplete) this.#findLost();
    const duplicate = this.#makeRecords();
    if (duplicate !== null) return duplicate;
    if (!columns.isOrdered) {
      const cycle = this.#findCycle();
      if (cycle !== null) return cycle;
    }
    this.#link();
    if (this.#orphanRows !== null) for (const row of this.#orphanRows) this.#claim(row);
    return null;
  }

  /** Takes the new records out of all tables. They are not linked, or {@link GraphDraft.fill} had succeeded. */
  undo(): void {
    const state = this.#state;
    for (const task of this.#fresh) {
      state.keys.delete(task.key);
      state.tasks.delete(task.id);
      leaveGroup(state, task.group);
      this.#graph.graph.liveCount -= 1;
      this.#graph.graph.span?.unjoin();
      state.stateCounts[STATE.released] = (state.stateCounts[STATE.released] as number) - 1;
    }
  }

  /** What is to be known of the columns; or what is wrong with them. */
  #checkDependencies(): ColumnFacts | GraphRefusal {
    const { client, firstId, firstRow, endRow, keys, dependencies } = this.#graph;
    // What is submitted again has the numbers that it had.
    if (firstId + firstRow < client.nextId && this.#graph.isResumed !== true) {
      return this.#refuse('GRID_SCHEDULER_BAD_GRAPH', 'numbers of tasks are used twice', []);
    }
    if (dependencies === null) return PLAIN;
    const { ends, ids } = dependencies;
    if (ends.length !== keys.length) return this.#refuse('GRID_SCHEDULER_BAD_GRAPH', 'columns differ in length', []);
    const endId = firstId + keys.length;
    let isOrdered = true;
    let isComplete = true;
    let position = firstRow === 0 ? 0 : (ends[firstRow - 1] as number);
    for (let row = firstRow; row < endRow; row += 1) {
      const end = ends[row] as number;
      if (end < position || end > ids.length)
        return this.#refuse('GRID_SCHEDULER_BAD_GRAPH', 'a column is cut off', []);
      for (; position < end; position += 1) {
        const id = ids[position] as number;
        if (id >= firstId + row) isOrdered = false;
        if (id >= endId || (id < firstId + firstRow && this.#known(id) === undefined)) isComplete = false;
      }
    }
    return { isOrdered, isComplete };
  }

  /** What others submitted in the same turn, and does not need them, is not to suffer for them. */
  #findLost(): void {
    const { keys, firstId, graph } = this.#graph;
    const lostRows = findLostRows(this.#graph, {
      isTask: (id) => this.#known(id) !== undefined,
      isKey: (key) => this.#state.keys.get(key) !== undefined,
    });
    if (lostRows.size === 0) return;
    this.#lostRows = lostRows;
    const [first] = lostRows;
    this.lost = {
      graphId: graph.graphId,
      ids: Array.from(lostRows, (row) => firstId + row),
      code: 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY',
      message: `${keys.at(first as number)} depends on a task that is not here any more; submit it again`,
      keys: Array.from(lostRows, (row) => keys.at(row)),
    };
  }

  #makeRecords(): GraphRefusal | null {
    const { graph, keys, firstRow, endRow } = this.#graph;
    const state = this.#state;
    // Numbered keys have one name; asking for the group of each would cost more than the rest of this loop.
    let group: TaskGroup | undefined;
    const lostRows = this.#lostRows;
    for (let row = firstRow; row < endRow; row += 1) {
      if (lostRows?.has(row) === true) {
        this.rows.push(null);
        continue;
      }
      const key = keys.at(row);
      const known = state.keys.get(key);
      if (known === undefined) {
        const task = addTask(state, key, { graph, row }, group);
        if (keys instanceof NumberedTexts) group = task.group;
        this.#fresh.push(task);
        this.rows.push(task);
      } else if (known.graph === graph) {
        return this.#refuse('GRID_SCHEDULER_DUPLICATE_KEY', `the key ${key} stands for two tasks of one graph`, [key]);
      } else {
        this.rows.push(known);
        if (state.orphans !== null && lacksSpec(state, known)) (this.#orphanRows ??= []).push(row);
      }
    }
    return null;
  }

  #findCycle(): GraphRefusal | null {
    const { graph, firstRow, dependencies } = this.#graph;
    const { rows } = this;
    const isNew = (index: number): boolean => rows[index]?.graph === graph;
    const cycle = findCycle(rows.length, (index) => {
      if (dependencies === null || !isNew(index)) return [];
      return this.#idsOf(firstRow + index)
        .map((id) => id - this.#graph.firstId - firstRow)
        .filter((other) => other >= 0 && isNew(other));
    });
    if (cycle === null) return null;
    const keys = cycle.map((index) => (rows[index] as TaskRecord).key);
    return this.#refuse(
      'GRID_SCHEDULER_CYCLIC_GRAPH',
      `tasks depend on themselves: ${keys.slice(0, 10).join(' -> ')}`,
      keys,
    );
  }

  #link(): void {
    const { dependencies, graph } = this.#graph;
    if (dependencies === null) return;
    for (const task of this.#fresh) {
      const { row } = task;
      const start = row === 0 ? 0 : (dependencies.ends[row - 1] as number);
      const end = dependencies.ends[row] as number;
      if (start === end) continue;
      if (end === start + 1) {
        const dependency = this.#resolve(dependencies.ids[start] as number);
        task.dependencies = dependency;
        dependOn(task, dependency);
        continue;
      }
      const all: TaskRecord[] = [];
      for (let position = start; position < end; position += 1)
        all.push(this.#resolve(dependencies.ids[position] as number));
      const unique = withoutDoubles(all);
      if (unique.length < all.length) (graph.aliasedRows ??= new Map<number, TaskRecord[]>()).set(row, all);
      task.dependencies = unique.length === 1 ? (unique[0] as TaskRecord) : unique;
      for (const dependency of unique) dependOn(task, dependency);
    }
  }

  /** One that needs what is not here stays as it is: it is there, and cannot be made again. */
  #claim(row: number): void {
    const { graph, firstRow } = this.#graph;
    const task = this.rows[row - firstRow] as TaskRecord;
    // Two rows of one key: the first one counts.
    if (!lacksSpec(this.#state, task)) return;
    const ids = this.#idsOf(row);
    const all = ids.map((id) => this.#find(id));
    if (all.some((dependency) => dependency === null || dependency === task)) return;
    const unique = [...new Set(all as TaskRecord[])];
    if (unique.length < all.length) (graph.aliasedRows ??= new Map<number, object[]>()).set(row, all as TaskRecord[]);
    const dependencies = unique.length > 1 ? unique : (unique[0] ?? null);
    for (const dependency of unique) dependOn(task, dependency);
    giveSpec(this.#state, task, { graph, row, dependencies });
    this.claimed.add(task);
  }

  #find(id: number): TaskRecord | null {
    const index = id - this.#graph.firstId - this.#graph.firstRow;
    return (index >= 0 ? this.rows[index] : this.#known(id)) ?? null;
  }

  #idsOf(row: number): number[] {
    const { dependencies } = this.#graph;
    const ids: number[] = [];
    if (dependencies === null) return ids;
    for (
      let at = row === 0 ? 0 : (dependencies.ends[row - 1] as number);
      at < (dependencies.ends[row] as number);
      at += 1
    ) {
      ids.push(dependencies.ids[at] as number);
    }
    return ids;
  }

  #resolve(id: number): TaskRecord {
    const index = id - this.#graph.firstId - this.#graph.firstRow;
    // Checked before: it is one or the other.
    return (index >= 0 ? this.rows[index] : this.#known(id)) as TaskRecord;
  }

  #known(id: number): TaskRecord | undefined {
    return this.#graph.client.tasks.get(id) ?? this.#graph.owner?.tasks.get(id);
  }

  #refuse(code: GraphRefusal['code'], message: string, keys: readonly string[]): GraphRefusal {
    const { graph, firstId } = this.#graph;
    const ids = Array.from({ length: this.#graph.keys.length }, (_, row) => firstId + row);
    return { graphId: graph.graphId, ids, code, message, keys };
  }
}

function dependOn(task: TaskRecord, dependency: TaskRecord): void {
  dependency.dependents = addMember(dependency.dependents, task);
  task.group.dependencies.add(dependency.group);
}

function withoutDoubles(tasks: TaskRecord[]): TaskRecord[] {
  if (tasks.length > SCAN_MAX) return [...new Set(tasks)];
  for (let index = 1; index < tasks.length; index += 1) {
    if (tasks.indexOf(tasks[index] as TaskRecord) < index) return [...new Set(tasks)];
  }
  return tasks;
}
