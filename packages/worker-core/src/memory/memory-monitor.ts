import { formatBytes, type Bytes, type Logger } from '@grid/common';

import type { MemoryFractions } from '../options.js';
import type { DataStore } from '../store/data-store.js';
import { processCollections, type CollectionReason, type Collections } from './collections.js';
import { GarbageWatch } from './garbage-watch.js';
import { memoryBreakdown, type MemoryBreakdown } from './memory-breakdown.js';
import { MemoryPolicy } from './memory-policy.js';
import { UnmanagedHistory } from './unmanaged-history.js';

export interface MemoryMonitorOptions {
  /** 0: no limit; then it only watches. */
  readonly memoryLimit: Bytes;
  readonly fractions: MemoryFractions;
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
}

export interface MemoryMonitorParts {
  readonly store: DataStore;
  readonly logger: Logger;
  /** Sizes of the heaps of the other threads together, and what they know of outside of them. */
  threadMemory(): { readonly heap: number; readonly external: number };
  /** Gives memory that nobody uses back, in all threads. */
  collect(): void;
  /** The worker is to take nothing new, or something again. */
  onPause(isPaused: boolean): void;
  /** @defaultValue that of this process */
  readonly readRss?: () => number;
  /** @defaultValue those of this process */
  readonly collections?: Collections;
}

/** So much may be garbage before it is worth collecting, in bytes. */
const GARBAGE_MIN = 64 * 2 ** 20;

/** The same where work waits for memory, as a part of the memory limit. */
const GARBAGE_FRACTION = 1 / 32;

/** It is said this seldom that something else than results takes the memory. */
const WARN_EVERY_MS = 300_000;

/** Looks at the memory of this process all the time and sees that something is done in time. */
export class MemoryMonitor {
  readonly #options: MemoryMonitorOptions;
  readonly #parts: MemoryMonitorParts;
  readonly #policy: MemoryPolicy;
  readonly #garbage = new GarbageWatch();
  readonly #history = new UnmanagedHistory();
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isEvicting = false;
  readonly #collections: Collections;
  #collectionsSeen: number;
  #warnAt = 0;

  constructor(options: MemoryMonitorOptions, parts: MemoryMonitorParts) {
    this.#options = options;
    this.#parts = parts;
    this.#collections = parts.collections ?? processCollections;
    this.#collectionsSeen = this.#collections.count;
    this.#policy = new MemoryPolicy(options.memoryLimit, options.fractions);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Where the memory is now. */
  breakdown(): MemoryBreakdown {
    const { heapUsed, external } = process.memoryUsage();
    const threads = this.#parts.threadMemory();
    const own = { rss: this.#rss(), heap: heapUsed + threads.heap, external: external + threads.external };
    this.#history.add(performance.now(), Math.max(0, own.rss - this.#managed()));
    return memoryBreakdown(own, this.#parts.store, this.#history.old);
  }

  look(): void {
    this.#noteCollections();
    const rss = this.#rss();
    const managed = this.#managed();
    this.#history.add(performance.now(), Math.max(0, rss - managed));
    const heap = process.memoryUsage().heapUsed + this.#parts.threadMemory().heap;
    const garbage = this.#garbage.look({ process: rss, managed, heap });
    if (garbage >= GARBAGE_MIN) this.#collect('garbage');
    if (this.#options.memoryLimit === 0) return;
    const action = this.#policy.look({
      process: rss,
      managed,
      isDiskFailing: this.#parts.store.diskState === 'failing',
    });
    if (action.evictBytes > 0) void this.#evict(action.evictBytes);
    else if (action.shouldCollect && garbage >= this.#options.memoryLimit * GARBAGE_FRACTION) this.#collect('shortage');
    if (action.isUnmanagedHigh) this.#warn(rss, managed);
    if (action.isPaused === this.#isPaused) return;
    this.#isPaused = action.isPaused;
    const { memoryLimit } = this.#options;
    const text = action.isPaused ? 'memory is short; this worker is paused' : 'this worker takes work again';
    this.#parts.logger.warn(
      { memory: formatBytes(rss), limit: formatBytes(memoryLimit), managed: formatBytes(managed) },
      text,
    );
    this.#parts.onPause(action.isPaused);
  }

  async #evict(bytes: number): Promise<void> {
    if (this.#isEvicting) return;
    this.#isEvicting = true;
    try {
      await this.#parts.store.evict(bytes);
    } finally {
      this.#isEvicting = false;
    }
    this.#collect('shortage');
  }

  #collect(reason: CollectionReason): void {
    if (!this.#isEvicting) this.#collections.run(reason, () => this.#parts.collect());
  }

  /** What is seen after a collection is in use, whichever of the workers in this process asked for it. */
  #noteCollections(): void {
    const { count } = this.#collections;
    if (count === this.#collectionsSeen) return;
    this.#collectionsSeen = count;
    this.#policy.noteCollected();
    this.#garbage.noteCollected();
  }

  #warn(rss: number, managed: number): void {
    const now = performance.now();
    if (now < this.#warnAt) return;
    this.#warnAt = now + WARN_EVERY_MS;
    this.#parts.logger.warn(
      { memory: formatBytes(rss), managed: formatBytes(managed), limit: formatBytes(this.#options.memoryLimit) },
      'most of the memory of this process is no result; tasks may keep something, or need more than there is',
    );
  }

  #managed(): number {
    const { nbytes, spilledBytes } = this.#parts.store;
    return nbytes - spilledBytes;
  }

  #rss(): number {
    return this.#parts.readRss?.() ?? process.memoryUsage.rss();
  }
}
