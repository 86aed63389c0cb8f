export { LocalCluster } from './local/local-cluster.js';
export type { LocalClusterOptions } from './local/cluster-options.js';
export type { ShapeOptions } from './local/cluster-shape.js';
export type { MemoryOptions } from './local/memory-options.js';
export type { ClusterPreloads } from './local/preload-options.js';
export type { ClusterTimeLimits } from './local/time-limits.js';
export type { WorkerLifetime } from './local/worker-lifetime.js';
export { DeployError } from './errors.js';
export type { DeployErrorCode } from './errors.js';
