/* The heavy part of capturing, in a file of its own: processes that never capture a function never load it. */
export { parse } from 'acorn';
export { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
