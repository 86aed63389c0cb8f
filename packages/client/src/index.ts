/* Clients. */
export { Client } from './client.js';
export type {
  ActorMapOptions,
  ActorOptions,
  ClusterLike,
  ConnectOptions,
  ConnectTarget,
  MapOptions,
  ScatterOptions,
  SubmitOptions,
} from './options.js';

/* Actors. */
export { isActor } from './actors/actor.js';
export type { Actor, ActorFacts, ActorInfo, ActorMaker } from './actors/actor.js';
export { ActorFuture } from './actors/actor-future.js';
export { actorInfo } from './actors/actor-handle.js';

/* Pools, and workers under direct control. */
export type { Executor, ExecutorOptions } from './executor/executor.js';
export type { ExecutorMap, ExecutorMapOptions } from './executor/executor-map.js';
export type { ByWorker, ViewNames, ViewOptions, WorkersView } from './view/workers-view.js';
export { WorkersError } from './view/workers-error.js';

/* Functions that say how they travel. What a running task can ask for is in `@grid/client/task`. */
export { task } from './functions/task.js';
export type { TaskOptions } from './functions/task.js';
export { moduleTask } from './functions/module-task.js';
export { importTask } from './functions/import-task.js';
export type { ModuleTaskOptions } from './functions/import-task.js';
export type { FunctionName, FunctionOf, UntypedFunction } from './functions/module-functions.js';

/* Options for all tasks of some code. */
export { annotate } from '@grid/graph';
export type { TaskAnnotations } from '@grid/graph';

/* What parts of a program cost. */
export { span } from './spans/span.js';
export type { FineMetric, SpanInfo, SpanRuns } from './spans/read-spans.js';

/* Uploads. */
export type { UploadDirectoryOptions, UploadFileOptions, UploadInfo } from './uploads/upload-options.js';

/* Plugins. */
export { Environ } from './plugins/built-in/environ.js';
export type { EnvironOptions } from './plugins/built-in/environ.js';
export { ForwardOutput } from './plugins/built-in/forward-output.js';
export { KillWorker } from './plugins/built-in/kill-worker.js';
export type { KillWorkerOptions } from './plugins/built-in/kill-worker.js';
export { NpmInstall } from './plugins/built-in/npm-install.js';
export type { NpmInstallOptions } from './plugins/built-in/npm-install.js';
export { UploadFile } from './plugins/built-in/upload-file.js';
export { importPlugin } from './plugins/import-plugin.js';
export type { Registrable } from './plugins/plugin-parts.js';
export type { ImportedPlugin, ImportPluginOptions } from './plugins/import-plugin.js';
export type { PluginRegistration, RegisterPluginOptions, UnregisterPluginOptions } from './operations/plugins.js';
export type {
  ClientPlugin,
  EventFacts,
  NannyPlugin,
  Plugin,
  PluginClass,
  PluginClient,
  PluginKind,
  PluginNanny,
  PluginScheduler,
  PluginWorker,
  SchedulerPlugin,
  TransitionCause,
  WorkerPlugin,
} from './plugins/plugin-types.js';

/* Futures. */
export { isFuture } from './future.js';
export { fireAndForget, futuresOf } from './operations/futures-of.js';
export type { Future, Resolved, ResolvedArgs, ResultOf, WaitLimit } from './future.js';
export type { FutureStatus } from './core/future-record.js';
export { AsCompleted } from './as-completed.js';
export type { CancelOptions } from './operations/cancel.js';
export type { GatherOptions } from './operations/gather.js';
export type { OnError } from './operations/fetch.js';
export type { WaitOptions, WaitResult } from './operations/wait.js';
export type { RecreateOptions } from './operations/recreate.js';
export type { RestartOptions, RestartOutcome } from './operations/restart.js';
export type { RunOptions } from './operations/run-on-workers.js';
export type { Scatterable } from './operations/scatter.js';

/* What clients can ask about a cluster. */
export type { ClientInspection } from './inspection/client-inspection.js';
export { ClusterDump } from './inspection/cluster-dump.js';
export type { DumpRecord } from './inspection/cluster-dump.js';
export type { CallStackOptions, TaskStack } from './inspection/call-stack.js';
export type { ProfileOptions } from './profile/profile.js';
export type { ClusterProfile, ProfileNode } from './profile/profile-node.js';
export { TaskStreamRecording } from './inspection/task-stream.js';
export type { TaskRun, TaskStreamOptions } from './inspection/task-stream.js';
export { TaskExplanation } from './inspection/explain-task.js';
export type { TaskReason } from './inspection/explain-task.js';
export type { StoryStep } from './inspection/inspect-cluster.js';
export type {
  SchedulerInfo,
  SystemInfo,
  WorkerInfo,
  WorkerMemory,
  WorkerMetricsInfo,
} from './inspection/scheduler-info.js';

/* What tasks write. */
export type { LogEntry } from './output/log-entry.js';
export type { ForwardOutputOptions } from './operations/task-output.js';
export type { ForwardLoggingOptions } from './logs/forward-logging.js';
export type { WorkerLogsOptions } from './logs/get-logs.js';
export type { LogRecord, WorkerLogRecord } from './logs/log-record.js';

/* What the cluster runs on. */
export type { ClusterVersions, GetVersionsOptions, ProcessVersions, VersionTopic } from './inspection/get-versions.js';

/* Where results are kept. */
export type { ActiveMemoryManager } from './operations/active-memory-manager.js';
export type { RebalanceOptions, ReplicateOptions } from './operations/move-results.js';
export type { RetireOptions } from './operations/retire-workers.js';

/* Names that clients and tasks share. */
export { Event } from './coordination/event.js';
export { Lease } from './coordination/lease.js';
export { Lock } from './coordination/lock.js';
export { MultiLock } from './coordination/multi-lock.js';
export type { MultiLockLimit } from './coordination/multi-lock.js';
export { Semaphore } from './coordination/semaphore.js';
export { Queue } from './coordination/queue.js';
export type { QueueOptions } from './coordination/queue.js';
export { Variable } from './coordination/variable.js';
export { Topic } from './coordination/topic.js';
export type { Subscription } from './coordination/topic.js';
export type { TopicEvent, TopicHandler } from './coordination/subscriptions.js';
export { Pub, Sub } from './coordination/pub-sub.js';
export type { Datasets } from './coordination/datasets.js';
export type { ClientNames } from './coordination/client-names.js';
export type { NamedOptions } from './coordination/named.js';
export type { PlaceOwner } from './coordination/meeting-place.js';

/* How values travel, and what identifies them. */
export { registerLazySerializer, registerSerializer, registerTokenizer } from '@grid/protocol';
export type { AnyClass, LazySerializer, Serializer } from '@grid/protocol';
export { tokenize } from './tokenize.js';

/* What travels. */
export { explain } from './operations/explain.js';
export type { CaptureNode, CaptureProblem, CaptureReport, WayToTravel } from '@grid/protocol';

/* Errors. */
export { ClientError } from './errors.js';
export type { ClientErrorCode } from './errors.js';
export { taskErrorInfo } from './operations/task-error.js';
export type { TaskErrorInfo } from './operations/task-error.js';
