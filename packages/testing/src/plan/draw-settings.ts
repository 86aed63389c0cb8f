import type { Random } from '../host/random.js';
import type { WorldSettings } from './world-plan.js';

/** Draws how fast lines are, and the numbers that schedulers and workers can be set up with: usual ones, and extremes. */
export function drawSettings(random: Random): WorldSettings {
  const latencyMs = random.spread(0.02, 20);
  return {
    latencyMs,
    jitterMs: random.chance(0.2) ? 0 : latencyMs * random.between(0, 3),
    bytesPerMs: random.pick([1e6, 1e5, 2e4]),
    windowBytes: random.pick([4_000_000, 100_000, 1000]),
    clockSkewMs: random.pick([0, 5, 60_000]),
    connectTimeoutMs: 30_000,
    spillBytes: random.fork('spill').pick([null, null, null, 1000, 50_000]),
    repeating: random.fork('repeats').chance(0.3) ? 0.2 : 0,
    restartMs: random.chance(0.7) ? random.spread(10, 3000) : null,
    scheduler: { ...drawSchedulerOptions(random.fork('scheduler')), ...drawPatience(random.fork('patience')) },
    worker: drawWorkerOptions(random.fork('worker')),
  };
}

function drawSchedulerOptions(random: Random): WorldSettings['scheduler'] {
  return {
    workerTtlMs: random.pick([5000, 8000]),
    workStealingMs: random.pick([100, 100, 20, 500, null]),
    noWorkersTimeoutMs: random.fork('no workers').chance(0.12) ? random.fork('how long').pick([200, 1500]) : null,
    memoryManager: { start: random.chance(0.7), intervalMs: random.pick([2000, 500, 50]) },
    policy: {
      allowedFailures: random.pick([3, 3, 1, 0]),
      workerSaturation: random.pick([1.1, 1, 2.5, Infinity]),
      firstWave: random.pick([4, 1]),
      inflightMs: random.pick([8, 0, 100]),
      bandwidth: random.pick([100_000_000, 1_000_000]),
      unknownTaskDurationMs: random.pick([500, 5]),
    },
  };
}

/** How long a scheduler in place of another waits for those who come back, and keeps what they bring. */
function drawPatience(random: Random): WorldSettings['scheduler'] {
  return random.chance(0.7) ? {} : { settleMs: random.pick([5000, 50]), orphanGraceMs: random.pick([60_000, 1000]) };
}

function drawWorkerOptions(random: Random): WorldSettings['worker'] {
  return {
    connectTimeoutMs: 30_000,
    gatherTimeoutMs: random.pick([10_000, 3000]),
    outgoingTransfersMax: random.pick([10, 10, 1]),
    core: {
      pushAheadMs: random.pick([1.5, 0, 20]),
      suspendedMaxPerThread: random.pick([100, 100, 1]),
      gatherBytesMax: random.pick([50_000_000, 100]),
      gatherPeersMax: random.pick([50, 50, 1]),
      incomingBytesMax: random.pick([Infinity, Infinity, 1000]),
      busyRetryMs: random.pick([150, 20]),
    },
  };
}
