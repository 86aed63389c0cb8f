export { GraphError } from './errors.js';
export type { GraphErrorCode } from './errors.js';

export { keyFor, keyOf, parseKey } from './key.js';
export type { KeyLike, KeyMaker, KeyPart } from './key.js';
export { keyGroup, keyPrefix } from './key-prefix.js';

export { isTaskRef, refTo, TASK_REF, TaskRef } from './task-ref.js';
export type { TaskRefLike } from './task-ref.js';
export { collectRefs } from './collect-refs.js';
export { substituteArgs, substituteRefs } from './substitute-refs.js';
export type { ResolveRef } from './substitute-refs.js';

export { callSpec, dataSpec, dependenciesOf } from './run-spec.js';
export type { ArgsWithRefs, CallSpec, DataSpec, Resolved, RunSpec, TaskFunction, WithRefs } from './run-spec.js';
export { NO_TASK_OPTIONS } from './task-options.js';
export type { SpanStep, TaskOptions } from './task-options.js';

export { annotate, annotationsOf, currentAnnotations } from './annotate.js';
export type { TaskAnnotations } from './annotate.js';

export { GraphBuilder } from './graph-builder.js';
export { TaskGraph } from './task-graph.js';
export { validateGraph } from './validate-graph.js';
export type { ValidateOptions } from './validate-graph.js';
export { columnsOf } from './graph-columns.js';
export type { DependencyColumns, DependencySource, KeyedColumns } from './graph-columns.js';
export { topologicalOrder } from './topological-order.js';
export { inOrder, order, orderOf } from './order.js';
export { cull } from './cull.js';
export { fuse } from './fuse.js';
export { runFused } from './run-fused.js';
export type { FusedStep } from './run-fused.js';
export { inlineLiterals } from './inline-literals.js';
export type { InlineOptions } from './inline-literals.js';

export type { ComputeOptions, GraphRunner } from './graph-runner.js';
export { runSync, syncRunner } from './run-sync.js';
export type { RunObserver, RunSyncOptions, TaskOutcome } from './run-sync.js';
