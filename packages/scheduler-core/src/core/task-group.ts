import type { TaskPrefix } from './task-prefix.js';

/** Tasks of one collection: what root-ish decisions look at. */
export class TaskGroup {
  readonly name: string;
  readonly prefix: TaskPrefix;
  /** How many tasks are in it. */
  size = 0;
  /** The groups that its tasks depend on; itself, if tasks of it depend on each other. */
  readonly dependencies = new Set<TaskGroup>();

  constructor(name: string, prefix: TaskPrefix) {
    this.name = name;
    this.prefix = prefix;
  }
}
