import { Event } from '@grid/client';
import assert from 'node:assert';

import { openGrid } from '../grid/open-grid.js';
import { settle } from '../grid/settle.js';
import { inc, loopForever } from '../tasks.js';
import type { Session, Workload } from '../workload.js';

/** From `cancel` of a task that never ends to the result of the next one in its slot. */
export function cancelLoop(): Workload {
  return {
    name: 'cancel-loop',
    unit: 'ms',
    moreIsBetter: false,
    samples: 9,
    target: { kind: 'at-most', figure: 150 },
    grid: openCancel,
    peers: [],
  };
}

function openCancel(): Promise<Session> {
  return openGrid(
    async (client) => {
      let loops = 0;
      async function sample(): Promise<number> {
        const started = new Event(`bench-loop-${(loops += 1)}`);
        const loop = client.submit(loopForever, [started], { pure: false });
        await started.wait();
        const start = performance.now();
        const cancelled = client.cancel([loop]);
        const next = client.submit(inc, [1], { pure: false });
        assert.strictEqual(await next.result(), 2);
        const ms = performance.now() - start;
        await cancelled;
        await settle(client, [loop, next]);
        return ms;
      }
      await sample();
      return sample;
    },
    { nWorkers: 1 },
  );
}
