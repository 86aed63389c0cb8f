import { asKey } from '@grid/common';
import { annotationsOf, currentAnnotations, type TaskAnnotations } from '@grid/graph';

import type { TaskOptions } from './graph-options.js';

/** What a call says for itself; what is said of the code around it holds besides. */
type CallOptions = TaskOptions;

/** The options of a task `key`: those of its call, and below them what `annotate` says of the code around it. */
export function annotatedOptions(options: CallOptions, key: string): CallOptions {
  const annotations = currentAnnotations();
  if (annotations === undefined) return options;
  const said: Record<string, unknown> = { ...annotationsOf(annotations, asKey(key)) };
  for (const [name, value] of Object.entries(options)) if (value !== undefined) said[name] = value;
  return said;
}

/** Whether the tasks of a call are pure, as far as anybody has said. */
export function purityOf(options: CallOptions): boolean | undefined {
  if (options.actor === true) return false;
  return options.pure ?? currentAnnotations()?.pure;
}

/** Whether annotations differ from task to task. */
export function areAnnotationsByKey(): boolean {
  const annotations: TaskAnnotations | undefined = currentAnnotations();
  return annotations !== undefined && Object.values(annotations).some((value) => typeof value === 'function');
}
