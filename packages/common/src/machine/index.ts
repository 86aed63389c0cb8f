export { cpuCount } from './cpu-count.js';
export { installedVersions } from './installed-versions.js';
export { memoryLimit } from './memory-limit.js';
export { SystemMonitor } from './system-monitor.js';
export type { SystemMonitorOptions, SystemSample } from './system-monitor.js';
export { runtimeVersions } from './runtime-versions.js';
export type { RuntimeVersions } from './runtime-versions.js';
