import { keyGroup, keyPrefix } from '@grid/graph';

import type { SchedulerState } from './scheduler-state.js';
import { TaskGroup } from './task-group.js';
import { TaskPrefix } from './task-prefix.js';

/** With more prefixes than this, those without tasks are forgotten, with what was learned of them. */
const PREFIXES_MAX = 10_000;

/** The group that a key belongs to; made if it is the first. */
export function groupOf(state: SchedulerState, key: string): TaskGroup {
  const name = keyGroup(key);
  const known = state.groups.get(name);
  if (known !== undefined) return known;
  const group = new TaskGroup(name, prefixOf(state, keyPrefix(key)));
  state.groups.set(name, group);
  return group;
}

/** Counts a new task in. */
export function joinGroup(group: TaskGroup): void {
  group.size += 1;
  group.prefix.size += 1;
}

/** Counts a forgotten task out; an empty group goes, its prefix stays for what it has learned. */
export function leaveGroup(state: SchedulerState, group: TaskGroup): void {
  group.size -= 1;
  group.prefix.size -= 1;
  if (group.size > 0) return;
  state.groups.delete(group.name);
  group.dependencies.clear();
}

function prefixOf(state: SchedulerState, name: string): TaskPrefix {
  const known = state.prefixes.get(name);
  if (known !== undefined) return known;
  if (state.prefixes.size >= PREFIXES_MAX) dropIdlePrefixes(state);
  const prefix = new TaskPrefix(name, freeNumber(state), state.policy.unknownTaskDurationMs);
  state.prefixes.set(name, prefix);
  return prefix;
}

function dropIdlePrefixes(state: SchedulerState): void {
  for (const prefix of state.prefixes.values()) {
    if (prefix.size > 0) continue;
    state.prefixes.delete(prefix.name);
    state.freePrefixNumbers.push(prefix.number);
  }
}

function freeNumber(state: SchedulerState): number {
  return state.freePrefixNumbers.pop() ?? state.prefixes.size;
}
