import { messageOf } from '@grid/common';

import type { Session, Workload } from '../workload.js';
import type { Measurement, Side } from './measurement.js';

interface Lane {
  readonly label: string;
  readonly samples: number[];
  session: Session | undefined;
  failure: string | undefined;
}

/**
 * Runs one workload on all sides, one side after the other: an idle cluster wakes up all the time, and on few cores that
 * would count against whoever is timed meanwhile. A side that fails is reported as such and does not stop the others.
 */
export async function runWorkload(workload: Workload, log: (line: string) => void): Promise<Measurement> {
  const grid = await runLane('Grid', workload.samples, () => workload.grid(), log);
  const peers: Measurement['peers'][number][] = [];
  for (const peer of workload.peers) {
    const wanted = Math.min(peer.samples ?? workload.samples, workload.samples);
    peers.push({ peer, side: sideOf(await runLane(peer.label, wanted, () => peer.open(), log)) });
  }
  return { workload, grid: sideOf(grid), peers };
}

async function runLane(
  label: string,
  wanted: number,
  open: () => Promise<Session>,
  log: (line: string) => void,
): Promise<Lane> {
  const lane = await openLane(label, open);
  for (let round = 0; round < wanted; round += 1) await sampleLane(lane, log);
  await closeLane(lane);
  return lane;
}

async function openLane(label: string, open: () => Promise<Session>): Promise<Lane> {
  const lane: Lane = { label, samples: [], session: undefined, failure: undefined };
  try {
    lane.session = await open();
  } catch (error) {
    lane.failure = messageOf(error);
  }
  return lane;
}

async function sampleLane(lane: Lane, log: (line: string) => void): Promise<void> {
  if (lane.session === undefined || lane.failure !== undefined) return;
  try {
    const figure = await lane.session.sample();
    lane.samples.push(figure);
    log(`  ${lane.label}: ${figure.toPrecision(4)}`);
  } catch (error) {
    lane.failure = messageOf(error);
    log(`  ${lane.label}: ${lane.failure}`);
  }
}

async function closeLane(lane: Lane): Promise<void> {
  try {
    await lane.session?.[Symbol.asyncDispose]();
  } catch (error) {
    lane.failure ??= `closing: ${messageOf(error)}`;
  }
}

function sideOf({ label, samples, failure }: Lane): Side {
  return { label, samples, ...(failure === undefined ? {} : { failure }) };
}
