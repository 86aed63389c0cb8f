import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';

import type { Logger } from '../logger.js';

/** How a process and its machine were doing in one moment. */
export interface SystemSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Percent of one core that the process used since the sample before. */
  readonly cpu: number;
  /** Resident bytes of the process. */
  readonly memory: number;
  /** Milliseconds that something had to wait for the event loop since the sample before, at most. */
  readonly eventLoopMaxMs: number;
  /** The same on average. */
  readonly eventLoopMeanMs: number;
  /** Files and sockets that the process has open; -1 where the system does not tell. */
  readonly openFiles: number;
  /** Bytes that the machine has received and sent since it was started; -1 where it does not tell. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface SystemMonitorOptions {
  /** Milliseconds between samples. @defaultValue 500 */
  readonly intervalMs?: number;
  /** Samples that are kept. @defaultValue 7200, an hour */
  readonly samplesMax?: number;
  /** Milliseconds that the event loop may be blocked without anybody being told. @defaultValue 3000 */
  readonly blockedMs?: number;
}

/** The loop is looked at so often, in milliseconds. */
const RESOLUTION_MS = 20;

/**
 * Looks every half second at how the process is doing, and writes it to the log when its event loop was blocked for seconds:
 * nothing that it promises in time holds then.
 *
 * @source dask.distributed `SystemMonitor`, `Server._measure_tick`
 */
export class SystemMonitor {
  readonly #logger: Logger;
  readonly #options: Required<SystemMonitorOptions>;
  readonly #samples: SystemSample[] = [];
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #delays: IntervalHistogram | undefined;
  #cpu = process.cpuUsage();
  #lookedAt = performance.now();

  constructor(logger: Logger, options: SystemMonitorOptions = {}) {
    this.#logger = logger;
    this.#options = { intervalMs: 500, samplesMax: 7200, blockedMs: 3000, ...options };
  }

  /** Begins to look; the timer does not keep the process alive. */
  start(): this {
    this.#delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delays.enable();
    this.#timer = setInterval(() => this.#look(), this.#options.intervalMs).unref();
    return this;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delays?.disable();
  }

  /** What was seen last; `null` before the first look. */
  get latest(): SystemSample | null {
    if (this.#samples.length === 0) return null;
    const { samplesMax } = this.#options;
    return this.#samples[(this.#next + samplesMax - 1) % samplesMax] ?? null;
  }

  /** The samples that are kept, the oldest first. */
  samples(): SystemSample[] {
    const isFull = this.#samples.length === this.#options.samplesMax;
    return isFull ? [...this.#samples.slice(this.#next), ...this.#samples.slice(0, this.#next)] : this.#samples.slice();
  }

  #look(): void {
    const sample = this.#sample();
    this.#samples[this.#next] = sample;
    this.#next = (this.#next + 1) % this.#options.samplesMax;
    if (sample.eventLoopMaxMs < this.#options.blockedMs) return;
    this.#logger.warn(
      { blockedMs: Math.round(sample.eventLoopMaxMs), cpu: sample.cpu },
      'the event loop was blocked: something computes on it, or the machine has too much to do or to swap',
    );
  }

  #sample(): SystemSample {
    const delays = this.#delays;
    const now = performance.now();
    const used = process.cpuUsage(this.#cpu);
    const lateMs = now - this.#lookedAt - this.#options.intervalMs;
    const cpu = ((used.user + used.system) / 1000 / Math.max(1, now - this.#lookedAt)) * 100;
    this.#cpu = process.cpuUsage();
    this.#lookedAt = now;
    const sample = {
      at: Date.now(),
      cpu: Math.round(cpu * 10) / 10,
      memory: process.memoryUsage.rss(),
      // What has come after this timer, the histogram counts from here on only.
      eventLoopMaxMs: Math.max(waitOf(delays?.max), Math.round(lateMs * 10) / 10),
      eventLoopMeanMs: waitOf(delays?.mean),
      openFiles: countOpenFiles(),
      ...readNetwork(),
    };
    delays?.reset();
    return sample;
  }
}

/** The histogram counts from one tick to the next, which are apart by the resolution in any case. */
function waitOf(nanoseconds = 0): number {
  const ms = Number.isFinite(nanoseconds) ? nanoseconds / 1e6 - RESOLUTION_MS : 0;
  return Math.max(0, Math.round(ms * 10) / 10);
}

function countOpenFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return -1;
  }
}

/** All interfaces but the loopback one. */
function readNetwork(): Pick<SystemSample, 'receivedBytes' | 'sentBytes'> {
  try {
    return parseNetwork(readFileSync('/proc/net/dev', 'utf8'));
  } catch {
    return { receivedBytes: -1, sentBytes: -1 };
  }
}

/** Sums of `/proc/net/dev`: the first and the ninth number of each interface. */
export function parseNetwork(text: string): Pick<SystemSample, 'receivedBytes' | 'sentBytes'> {
  let receivedBytes = 0;
  let sentBytes = 0;
  for (const line of text.split('\n')) {
    const [, name, rest = ''] = /^\s*([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || name === 'lo') continue;
    const numbers = rest.split(/\s+/).map(Number);
    receivedBytes += numbers[0] ?? 0;
    sentBytes += numbers[8] ?? 0;
  }
  return { receivedBytes, sentBytes };
}
