import { describe, expect, it } from '@jest/globals';

import { nullLogger, type Logger } from '../logger.js';
import { parseNetwork, SystemMonitor, type SystemSample } from './system-monitor.js';

function recordWarnings(): { readonly logger: Logger; readonly warnings: object[] } {
  const warnings: object[] = [];
  return { logger: { ...nullLogger, warn: (facts) => void warnings.push(facts) }, warnings };
}

async function nextSample(monitor: SystemMonitor): Promise<SystemSample> {
  const before = monitor.latest;
  const endsAt = performance.now() + 4000;
  while (performance.now() < endsAt) {
    await new Promise((resolve) => setImmediate(resolve));
    if (monitor.latest !== null && monitor.latest !== before) return monitor.latest;
  }
  throw new RangeError('the monitor does not look');
}

describe('SystemMonitor', () => {
  it('sees how the process does, and keeps so many samples, in order', async () => {
    const { logger } = recordWarnings();
    const monitor = new SystemMonitor(logger, { intervalMs: 2, samplesMax: 3 }).start();
    expect(monitor.latest).toBeNull();
    const seen: SystemSample[] = [];
    for (let count = 0; count < 5; count += 1) seen.push(await nextSample(monitor));
    monitor.stop();
    const kept = monitor.samples();
    expect(kept).toHaveLength(3);
    expect(kept.at(-1)).toBe(monitor.latest);
    expect(kept.map(({ at }) => at)).toEqual(kept.map(({ at }) => at).sort((a, b) => a - b));
    expect(seen[0]?.memory).toBeGreaterThan(1e6);
    expect(seen[0]?.cpu).toBeGreaterThanOrEqual(0);
  });

  it('tells of an event loop that was blocked for too long, and for how long', async () => {
    const { logger, warnings } = recordWarnings();
    const monitor = new SystemMonitor(logger, { intervalMs: 5, blockedMs: 100 }).start();
    await nextSample(monitor);
    const endsAt = performance.now() + 300;
    while (performance.now() < endsAt);
    await nextSample(monitor);
    monitor.stop();
    expect((warnings[0] as { blockedMs: number }).blockedMs).toBeGreaterThan(200);
  });

  it('counts bytes of all interfaces but the one to itself', () => {
    const text = [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier',
      '    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0',
      '  eth0: 100 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0',
      'wlan0:5 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0',
      '',
    ].join('\n');
    expect(parseNetwork(text)).toEqual({ receivedBytes: 105, sentBytes: 27 });
  });
});
