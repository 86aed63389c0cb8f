import { describe, expect, it } from '@jest/globals';

import { NannyWorld } from '../testing/nanny-world.js';
import type { NannyLimits } from './nanny-limits.js';

/** A nanny whose worker has just joined. */
function running(limits: Partial<NannyLimits> = {}): NannyWorld {
  const world = new NannyWorld(limits);
  world.give({ type: 'start' });
  world.ready();
  return world;
}

describe('a nanny', () => {
  it('starts a worker that was killed anew at once', () => {
    const world = running();
    expect(world.die({ signal: 'SIGKILL' })).toEqual(['exited signal', 'spawn']);
    expect(world.ready()).toEqual([]);
    expect(world.state.phase.name).toBe('running');
  });

  it('waits longer and longer before each restart of a series, and no longer than it may', () => {
    const world = running({ pauseMs: 100, pauseMsMax: 500 });
    for (let death = 0; death < 6; death += 1) {
      world.die({ code: 1 });
      world.pass(1000);
      world.ready();
    }
    expect(world.pauses).toEqual([0, 0, 100, 200, 400, 500, 500]);
  });

  it('does not count the ends of workers that were sound', () => {
    const world = running();
    for (let death = 0; death < 4; death += 1) {
      world.pass(10_000);
      expect(world.die({ signal: 'SIGSEGV' })).toEqual(['exited signal', 'spawn']);
      world.ready();
    }
  });

  it('keeps to it that a worker which never joined the cluster will not do so the next time', () => {
    const world = new NannyWorld();
    expect(world.give({ type: 'start' })).toEqual(['spawn']);
    expect(world.die({ code: 4 })).toEqual(['exited start-failed', 'closed 4']);
  });

  it('tries again when a worker does not come up that did before', () => {
    const world = running();
    world.die({ signal: 'SIGKILL' });
    expect(world.die({ code: 4 })).toEqual(['exited start-failed']);
    expect(world.pass(250)).toEqual(['spawn']);
  });

  it.each([
    ['left in order', { code: 0 }, ['exited left', 'closed 0']],
    ['lost the scheduler', { code: 5 }, ['exited scheduler-lost', 'closed 5']],
  ])('ends with a worker that %s', (_, exit, effects) => {
    expect(running().die(exit)).toEqual(effects);
  });

  it('starts a worker anew that leaves in order and wants to come back', () => {
    const world = running();
    world.give({ type: 'worker-leaving', wantsRestart: true });
    expect(world.die({ code: 0 })).toEqual(['exited left', 'spawn']);
    expect(world.die({ code: 0 })).toEqual(['exited start-failed', 'spawn']);
  });

  it('does not start a worker anew if it was told not to', () => {
    const world = running({ restarts: false });
    expect(world.die({ signal: 'SIGKILL' })).toEqual(['exited signal', 'closed 1']);
  });

  it('asks, then terminates, then kills', () => {
    const world = running({ askMs: 50, terminateMs: 10, killMs: 20 });
    expect(world.give({ type: 'close' })).toEqual(['ask closed']);
    expect(world.pass(49)).toEqual([]);
    expect(world.pass(1)).toEqual(['SIGTERM']);
    expect(world.pass(10)).toEqual(['SIGKILL']);
    expect(world.die({ signal: 'SIGKILL' })).toEqual(['exited closed', 'closed 0']);
    expect(world.pass(1000)).toEqual([]);
  });

  it('gives up a process that nothing ends', () => {
    const world = running({ askMs: 50, terminateMs: 10, killMs: 20 });
    world.give({ type: 'close' });
    expect(world.pass(80)).toEqual(['SIGTERM', 'SIGKILL', 'closed 0']);
  });

  it('gives up a process that does not join the cluster in time', () => {
    const world = new NannyWorld({ startMs: 100 });
    world.give({ type: 'start' });
    expect(world.pass(100)).toEqual(['ask start-timeout']);
    expect(world.die({ code: 0 })).toEqual(['exited start-failed', 'closed 1']);
  });

  it('kills a worker that takes more memory than it may, says so before, and starts it anew', () => {
    const world = running({ memoryBytesMax: 1000 });
    expect(world.give({ type: 'memory', bytes: 1000 })).toEqual([]);
    expect(world.give({ type: 'memory', bytes: 1001 })).toEqual(['ending memory', 'SIGKILL']);
    expect(world.give({ type: 'memory', bytes: 1002 })).toEqual([]);
    expect(world.die({ signal: 'SIGKILL' })).toEqual(['exited memory', 'spawn']);
    expect(world.exits).toEqual([{ cause: 'memory', code: null, signal: 'SIGKILL', memory: 1002 }]);
  });

  it('does not wait for the end of a worker that takes too much memory while it leaves', () => {
    const world = running({ memoryBytesMax: 1000 });
    world.give({ type: 'restart' });
    expect(world.give({ type: 'memory', bytes: 1001 })).toEqual(['SIGKILL']);
    expect(world.die({ signal: 'SIGKILL' })).toEqual(['exited restarted', 'spawn']);
  });

  it('answers a restart when the next worker is there', () => {
    const world = running();
    expect(world.give({ type: 'restart' })).toEqual(['ask restarted']);
    expect(world.give({ type: 'restart' })).toEqual([]);
    expect(world.die({ code: 0 })).toEqual(['exited restarted', 'spawn']);
    expect(world.ready()).toEqual(['restarted']);
  });

  it('does not wait out its pause when it is asked for a restart', () => {
    const world = running();
    world.die({ code: 1 });
    world.die({ code: 1 });
    expect(world.state.phase.name).toBe('pausing');
    expect(world.give({ type: 'restart' })).toEqual(['spawn']);
    expect(world.ready()).toEqual(['restarted']);
  });

  it('refuses a restart when it is closed, or about to be', () => {
    const world = running();
    world.give({ type: 'restart' });
    world.give({ type: 'close' });
    expect(world.give({ type: 'restart' })).toEqual(['failed']);
    expect(world.die({ code: 0 })).toEqual(['exited restarted', 'closed 0']);
    expect(world.give({ type: 'restart' })).toEqual(['failed']);
  });

  it('leaves it to its first worker to say why the scheduler cannot be reached', () => {
    const world = new NannyWorld();
    world.give({ type: 'start' });
    expect(world.give({ type: 'scheduler-lost' })).toEqual([]);
    expect(world.die({ code: 3 })).toEqual(['exited start-failed', 'closed 3']);
  });

  it('ends a worker that has found a scheduler which the nanny has not', () => {
    const world = new NannyWorld();
    world.give({ type: 'start' });
    world.give({ type: 'scheduler-lost' });
    expect(world.ready()).toEqual(['ask scheduler-lost']);
  });

  it('ends its worker when it has lost the scheduler', () => {
    const world = running();
    expect(world.give({ type: 'scheduler-lost' })).toEqual(['ask scheduler-lost']);
    expect(world.die({ code: 0 })).toEqual(['exited scheduler-lost', 'closed 5']);
  });
});
