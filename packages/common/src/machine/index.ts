export { cpuCount } from './cpu-count.js';
export { memoryLimit } from './memory-limit.js';
