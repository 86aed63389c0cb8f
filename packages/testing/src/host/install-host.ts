import type promises from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';

import { diskOf } from './sim-disk.js';
import { SimTimer } from './sim-timer.js';
import type { SimLoop } from './sim-loop.js';

/** When worlds begin: milliseconds since the epoch. */
export const EPOCH_MS = 1_800_000_000_000;

/** What of the real machine a simulation needs. Taken before anything is replaced. */
export const realHost = {
  setImmediate: globalThis.setImmediate,
  /** Milliseconds, steady. */
  now: performance.now.bind(performance),
};

let active: SimLoop | undefined;

/** Names the loop that answers for time and chance from now on. Worlds run one after the other. */
export function useLoop(loop: SimLoop | undefined): void {
  active = loop;
}

function loop(): SimLoop {
  if (active === undefined) throw new TypeError('time is simulated here, and no world is running');
  return active;
}

/**
 * Puts simulated time, chance and memory in place of those of this process, for good.
 *
 * Everything that is loaded afterwards lives in the simulation: timers and clocks are those of its loop, and random numbers
 * are drawn by the process that something happens in. Sockets, files and threads are not replaced; whoever uses them
 * leaves the simulation, and its traces show it.
 */
export function installHost(): void {
  replaceTimers();
  replaceClocks();
  replaceChance();
  replaceMemory();
  replaceDisks();
}

/** What is asked of a simulated folder goes to its disk; all else, such as modules that are loaded, is real. */
function replaceDisks(): void {
  const real = createRequire(import.meta.url)('node:fs/promises') as Pick<typeof promises, 'open' | 'rm'>;
  const { open, rm } = real;
  replaceBuiltin('node:fs/promises', {
    open: (path: string, ...rest: unknown[]) => diskOf(path)?.open(path) ?? Reflect.apply(open, real, [path, ...rest]),
    rm: (path: string, ...rest: unknown[]) => diskOf(path)?.remove(path) ?? Reflect.apply(rm, real, [path, ...rest]),
  });
}

function replaceTimers(): void {
  const setTimer = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): SimTimer =>
    new SimTimer(loop(), () => run(...args), { ms, isRepeated: false });
  const setRepeated = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): SimTimer =>
    new SimTimer(loop(), () => run(...args), { ms, isRepeated: true });
  const clear = (timer: unknown): void => {
    if (timer instanceof SimTimer) timer.close();
  };
  replace(globalThis, { setTimeout: setTimer, setInterval: setRepeated, clearTimeout: clear, clearInterval: clear });
  replace(globalThis, {
    setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) => {
      const owner = loop();
      return owner.atTurnEnd(owner.current, () => run(...args));
    },
    clearImmediate: (immediate: { isCancelled: boolean } | undefined) => {
      if (immediate !== undefined) immediate.isCancelled = true;
    },
  });
  replaceBuiltin('node:timers/promises', { setTimeout: delay });
}

/** Node's own has timers of its own, below those that are replaced. */
function delay(ms: number, value: unknown, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    }, ms);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function replaceClocks(): void {
  const now = (): number => {
    // Modules that are being loaded look at the clock before any world has begun.
    if (active === undefined) return 0;
    return active.now + active.current.clockOffsetMs;
  };
  replace(performance, { now, timeOrigin: EPOCH_MS });
  replace(Date, { now: () => Math.floor(EPOCH_MS + now()) });
}

function replaceChance(): void {
  const draw = (): number => loop().current.random.next();
  replace(Math, { random: draw });
  const randomBytes = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => Math.floor(draw() * 256)));
  const randomUUID = (): string => {
    const digits = randomBytes(16).toString('hex');
    return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join('-');
  };
  replaceBuiltin('node:crypto', { randomBytes, randomUUID });
  // When garbage is collected is nobody's to say. Worlds keep what they make for as long as they last.
  replace(globalThis, { FinalizationRegistry: NoFinalization });
  replaceBuiltin('node:v8', { setFlagsFromString: () => {} });
  replaceBuiltin('node:vm', { runInNewContext: (code: string) => (code === 'gc' ? () => {} : undefined) });
}

class NoFinalization {
  register(): void {
    // Nothing is ever collected here.
  }

  unregister(): boolean {
    return false;
  }
}

function replaceMemory(): void {
  const rss = (): number => loop().current.rss;
  const memoryUsage = (): NodeJS.MemoryUsage => {
    const bytes = rss();
    return { rss: bytes, heapTotal: bytes, heapUsed: bytes / 2, external: 0, arrayBuffers: 0 };
  };
  // Numbers of other lengths would make messages of other lengths.
  replace(process, { pid: 1000 });
  replace(process, { memoryUsage: Object.assign(memoryUsage, { rss }), cpuUsage: () => ({ user: 0, system: 0 }) });
}

function replaceBuiltin(name: string, values: Readonly<Record<string, unknown>>): void {
  replace(createRequire(import.meta.url)(name) as object, values);
  syncBuiltinESMExports();
}

function replace(target: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}
