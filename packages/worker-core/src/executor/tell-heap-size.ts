import { getHeapStatistics } from 'node:v8';

import { CONTROL } from './thread-messages.js';

/** Nobody needs to know more often than they look, in milliseconds. */
const INTERVAL_MS = 500;

/** Writes down how much memory this thread's heap takes, again and again, where the main side sees it. */
export function tellHeapSize(control: Int32Array): void {
  Atomics.store(control, CONTROL.heapLimitKib, Math.round(getHeapStatistics().heap_size_limit / 1024));
  const tell = (): void => {
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
    Atomics.store(control, CONTROL.heapKib, Math.round(heap / 1024));
    Atomics.store(control, CONTROL.externalKib, Math.round(external / 1024));
  };
  tell();
  setInterval(tell, INTERVAL_MS).unref();
}
