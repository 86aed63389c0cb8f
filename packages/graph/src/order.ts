import type { Key } from '@grid/common';
import { findCycle } from './find-cycle.js';
import { at, checkColumns, columnsOf, dependentsOf, startOf, type DependencyColumns } from './graph-columns.js';
import { heldAtMost } from './held-at-most.js';
import { OrderWalk } from './order-walk.js';
import { resultNeeds } from './result-needs.js';
import type { RunSpec } from './run-spec.js';
import type { TaskGraph } from './task-graph.js';
import { topologicalIds } from './topological-order.js';
import { cycleError } from './validate-graph.js';

/**
 * Static priorities: for each key its place in an order that is good to run in. Lower runs first.
 *
 * Every task comes after all that it needs. Among such orders this one keeps few results in memory at a time: it
 * finishes what it has begun (reducers above all) before it begins something new, and runs tasks that share data
 * together. It looks at the shape of the graph only, gives the same answer every time, and takes nearly linear time.
 *
 * @throws {@link GraphError} `GRID_GRAPH_CYCLE`.
 */
export function order(graph: TaskGraph): Map<Key, number> {
  const { keys } = columnsOf(graph);
  const ranks = ranksOfGraph(graph);
  const priorities = new Map<Key, number>();
  keys.forEach((key, id) => priorities.set(key, at(ranks, id)));
  return priorities;
}

/**
 * The tasks of a graph by ascending {@link order}: what is best run first comes first.
 *
 * @throws {@link GraphError} `GRID_GRAPH_CYCLE`.
 */
export function inOrder(graph: TaskGraph): RunSpec[] {
  const ranks = ranksOfGraph(graph);
  const specs = new Array<RunSpec>(graph.size);
  let id = 0;
  for (const spec of graph) specs[at(ranks, id++)] = spec;
  return specs;
}

function ranksOfGraph(graph: TaskGraph): Uint32Array {
  const columns = columnsOf(graph);
  return ranksOf(columns, (id) => columns.keys[id] as Key);
}

/**
 * {@link order} for graphs in columns: `ranks[id]` is the place of task `id`.
 *
 * @param dependencyEnds - One entry a task: where its part of `dependencyIds` ends; it starts where the previous ends.
 * @param dependencyIds - Ids of the tasks that are needed, none twice for one task.
 * @throws {@link GraphError} `GRID_GRAPH_CYCLE` (`details.path` lists ids), `GRID_GRAPH_MISSING_KEY` for ids that do
 * not exist.
 */
export function orderOf(dependencyEnds: Uint32Array, dependencyIds: Uint32Array): Uint32Array {
  const columns = { dependencyEnds, dependencyIds };
  checkColumns(columns);
  return ranksOf(columns, (id) => id);
}

/*
 * How it works.
 *
 * `need` estimates how many results must be held at once to make one result, as Sethi and Ullman do for the registers
 * of an expression: whoever needs most goes first, since then the fewest other results wait meanwhile. For trees this
 * is optimal: a reduction of n leaves holds O(log n) results. For other graphs it is a good guess.
 *
 * A walk makes one target after the other, with all it needs, in this order. Three rules make up for what trees lack:
 *
 * 1. What can be made of held results alone, and frees at least as much as its own result takes, is made at once. A
 *    result with several users counts for each of them in part, so that reductions that share their input advance
 *    together; calls between a result and the reducer that it goes into count as parts of the reducer.
 * 2. The next target is a user of a result that is still held, the cheapest user first.
 * 3. Only when nothing is held does the walk turn to another end of the graph, in the order of the graph.
 *
 * Rule 2 may turn to the latest result, which suits products and joins, or to the earliest one, which suits loose
 * graphs, where always following the latest leaves much behind. If the first way holds many results, both are tried.
 *
 * Every edge is looked at a fixed number of times.
 */
function ranksOf(columns: DependencyColumns, name: (id: number) => Key | number): Uint32Array {
  const dependents = dependentsOf(columns);
  const topological = topologicalIds(columns, dependents);
  if (topological.length < columns.dependencyEnds.length) throw cycleError((findCycle(columns) ?? []).map(name));
  const needs = resultNeeds(columns, topological);
  const max = needs.reduce((most, need) => Math.max(most, need), 0);
  const { dependencyEnds, dependencyIds } = columns;
  const { dependentEnds, dependentIds } = dependents;
  const hungriestFirst = sortedBy(needs.map((need) => max - need));
  const needLists = {
    dependencyEnds,
    dependencyIds: sortLists(dependencyEnds, dependentEnds, dependentIds, hungriestFirst),
  };
  const cheapestFirst = sortedBy(needs);
  const userLists = {
    dependentEnds,
    dependentIds: sortLists(dependentEnds, dependencyEnds, dependencyIds, cheapestFirst),
  };
  const ranks = new OrderWalk(needLists, userLists, 'latest').run();
  const held = heldAtMost(columns, ranks);
  if (held <= HELD_ACCEPTED) return ranks;
  const others = new OrderWalk(needLists, userLists, 'earliest').run();
  return heldAtMost(columns, others) < held ? others : ranks;
}

// Reductions and windows stay below; a second walk would rarely gain anything there.
const HELD_ACCEPTED = 32;

/** Ids by ascending value, ties by id: a counting sort, since needs are at most the number of tasks. */
function sortedBy(values: Uint32Array): Uint32Array {
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  const cursor = new Uint32Array(max + 2);
  for (const value of values) cursor[value + 1] = at(cursor, value + 1) + 1;
  for (let value = 1; value < cursor.length; value += 1) cursor[value] = at(cursor, value) + at(cursor, value - 1);
  const sorted = new Uint32Array(values.length);
  for (let id = 0; id < values.length; id += 1) {
    const value = at(values, id);
    const place = at(cursor, value);
    sorted[place] = id;
    cursor[value] = place + 1;
  }
  return sorted;
}

/**
 * Sorts all lists delimited by `ends` at once, in linear time: takes the ids in the wanted order and appends each one
 * to those lists that it belongs to, which are its neighbours in the opposite direction.
 */
function sortLists(
  ends: Uint32Array,
  oppositeEnds: Uint32Array,
  oppositeIds: Uint32Array,
  wantedOrder: Uint32Array,
): Uint32Array {
  const cursor = new Uint32Array(ends.length);
  for (let id = 1; id < cursor.length; id += 1) cursor[id] = at(ends, id - 1);
  const sorted = new Uint32Array(oppositeIds.length);
  for (const id of wantedOrder) {
    for (let edge = startOf(oppositeEnds, id); edge < at(oppositeEnds, id); edge += 1) {
      const list = at(oppositeIds, edge);
      const place = at(cursor, list);
      sorted[place] = id;
      cursor[list] = place + 1;
    }
  }
  return sorted;
}
