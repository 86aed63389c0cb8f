import { assertNever } from '@grid/common';

import type { NannyEffects } from './effects.js';
import type { EndingPhase, NannyState } from './nanny-state.js';
import { onExited } from './on-exited.js';
import { answerRestart, close, end, enterEnding, isProcessThere, spawn } from './steps.js';
import type { NannyStimulus } from './stimulus.js';
import { NANNY_EXITS } from './worker-exit.js';

/**
 * Takes in something that happened, and has done what follows from it.
 *
 * Anything may come late: a process may end while it is being asked to, become ready while it is being ended, and timers
 * of former phases may still fire.
 */
export function handleStimulus(state: NannyState, stimulus: NannyStimulus, out: NannyEffects): void {
  const { at } = stimulus;
  switch (stimulus.type) {
    case 'start':
      if (state.phase.name === 'created') spawn(state, at, out);
      return;
    case 'worker-ready':
      onReady(state, at, out);
      return;
    case 'worker-leaving':
      state.leaving = { wantsRestart: stimulus.wantsRestart };
      return;
    case 'worker-exited':
      onExited(state, stimulus, out);
      return;
    case 'memory':
      onMemory(state, stimulus, out);
      return;
    case 'restart':
      onRestart(state, at, out);
      return;
    case 'close':
      endForGood(state, stimulus, out);
      return;
    case 'scheduler-lost':
      onSchedulerLost(state, stimulus, out);
      return;
    case 'timer':
      onTimer(state, at, out);
      return;
    default:
      assertNever(stimulus, 'nanny stimulus');
  }
}

function onReady(state: NannyState, at: number, out: NannyEffects): void {
  if (state.phase.name !== 'starting') return;
  state.phase = { name: 'running' };
  state.hasRun = true;
  state.readyAt = at;
  answerRestart(state, 'restarted', out);
  if (state.isSchedulerLost) endForGood(state, { type: 'scheduler-lost', at }, out);
}

/** What keeps the nanny from its scheduler keeps the first worker from it as well, which says more clearly what it is. */
function onSchedulerLost(
  state: NannyState,
  stimulus: { readonly type: 'scheduler-lost'; readonly at: number },
  out: NannyEffects,
): void {
  state.isSchedulerLost = true;
  if (state.phase.name !== 'starting' || state.hasRun) endForGood(state, stimulus, out);
}

function onMemory(state: NannyState, { bytes, at }: { bytes: number; at: number }, out: NannyEffects): void {
  if (!isProcessThere(state)) return;
  state.memory = bytes;
  const { memoryBytesMax, killMs } = state.limits;
  if (memoryBytesMax === 0 || bytes <= memoryBytesMax) return;
  const { phase } = state;
  if (phase.name === 'ending' && phase.step === 'killed') return;
  // What was asked to end for another reason ends for that one, and at once.
  const how = phase.name === 'ending' ? phase : ({ why: 'memory', exitWith: exitUnlessRestarted(state) } as const);
  if (phase.name !== 'ending') out.workerEnding('memory');
  enterEnding(
    state,
    { name: 'ending', why: how.why, exitWith: how.exitWith, step: 'killed', nextAt: at + killMs },
    out,
  );
  // No gentler way: it would grow meanwhile.
  out.signal('SIGKILL');
}

/** What follows when a worker has to end for what it did. */
function exitUnlessRestarted({ limits }: NannyState): number | null {
  return limits.restarts ? null : NANNY_EXITS.failed;
}

function onRestart(state: NannyState, at: number, out: NannyEffects): void {
  const { phase } = state;
  state.isRestartAwaited = true;
  switch (phase.name) {
    case 'created':
    case 'closed':
      answerRestart(state, 'failed', out);
      return;
    case 'starting':
      // It is as new as can be.
      return;
    case 'running':
      end(state, { why: 'restarted', exitWith: null }, at, out);
      return;
    case 'ending':
      if (phase.exitWith !== null) answerRestart(state, 'failed', out);
      return;
    case 'pausing':
      spawn(state, at, out);
      return;
    default:
      assertNever(phase, 'nanny phase');
  }
}

function endForGood(
  state: NannyState,
  { type, at }: { readonly type: 'close' | 'scheduler-lost'; readonly at: number },
  out: NannyEffects,
): void {
  const { phase } = state;
  const exitWith = type === 'close' ? NANNY_EXITS.done : NANNY_EXITS.schedulerLost;
  if (phase.name === 'closed') return;
  if (phase.name === 'created' || phase.name === 'pausing') close(state, exitWith, out);
  else if (phase.name === 'ending') state.phase = { ...phase, exitWith: phase.exitWith ?? exitWith };
  else end(state, { why: type === 'close' ? 'closed' : type, exitWith }, at, out);
}

function onTimer(state: NannyState, at: number, out: NannyEffects): void {
  const { phase } = state;
  if (phase.name === 'pausing') {
    if (at >= phase.until) spawn(state, at, out);
    else out.wakeAt(phase.until);
  } else if (phase.name === 'starting') {
    const exitWith = state.hasRun ? exitUnlessRestarted(state) : NANNY_EXITS.failed;
    if (at < phase.giveUpAt) out.wakeAt(phase.giveUpAt);
    else end(state, { why: 'start-timeout', exitWith }, at, out);
  } else if (phase.name === 'ending') {
    if (at < phase.nextAt) out.wakeAt(phase.nextAt);
    else useMoreForce(state, phase, at, out);
  }
}

function useMoreForce(state: NannyState, phase: EndingPhase, at: number, out: NannyEffects): void {
  const { terminateMs, killMs } = state.limits;
  if (phase.step === 'asked') {
    enterEnding(state, { ...phase, step: 'terminated', nextAt: at + terminateMs }, out);
    out.signal('SIGTERM');
    return;
  }
  if (phase.step === 'killed' && phase.exitWith !== null) {
    // It hangs in the operating system, which ends it when it can. There is nothing left to do for anybody.
    close(state, phase.exitWith, out);
    return;
  }
  enterEnding(state, { ...phase, step: 'killed', nextAt: at + killMs }, out);
  out.signal('SIGKILL');
}
