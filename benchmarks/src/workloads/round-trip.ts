import { Event } from '@grid/client';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

import { openGrid } from '../grid/open-grid.js';
import { warmUp } from '../grid/warm-up.js';
import { median } from '../runner/median.js';
import type { Session, Workload } from '../workload.js';

const ROUNDS = 500;

/** About as long as a short question. */
const MESSAGE = Buffer.alloc(64, 1);

/** One question to the scheduler, beside what this machine asks for a message to another process and back. */
export function roundTrip(): Workload {
  return {
    name: 'round-trip',
    unit: 'us',
    moreIsBetter: false,
    samples: 5,
    grid: () =>
      openGrid(async () => {
        const event = new Event('bench-round-trip');
        const sample = medianOfRounds(() => event.isSet());
        await warmUp(sample);
        return sample;
      }),
    peers: [{ label: 'two bare sockets', note: 'the least that is possible', open: openEcho }],
  };
}

function medianOfRounds(round: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const start = performance.now();
      await round();
      times.push((performance.now() - start) * 1000);
    }
    return median(times);
  };
}

async function openEcho(): Promise<Session> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('children/echo.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const sample = medianOfRounds(async () => {
    socket.write(MESSAGE);
    await once(socket, 'data');
  });
  await warmUp(sample);
  return {
    sample,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      child.kill();
      await once(child, 'exit');
    },
  };
}
