/**
 * Preloaded into a scheduler process that was started with `--expose-gc` and an IPC channel: answers each message with
 * the bytes of heap that are left after a full collection.
 */
process.on('message', () => {
  // Twice: the first collection may leave what only finalizers held.
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
