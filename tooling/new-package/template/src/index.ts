export { __Name__Error } from './errors.js';
export type { __Name__ErrorCode } from './errors.js';
