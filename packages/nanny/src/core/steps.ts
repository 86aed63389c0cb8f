import type { NannyEffects } from './effects.js';
import type { EndingPhase, NannyState } from './nanny-state.js';

/** Whether there is a process, as far as is known. */
export function isProcessThere({ phase }: NannyState): boolean {
  return phase.name === 'starting' || phase.name === 'running' || phase.name === 'ending';
}

export function spawn(state: NannyState, at: number, out: NannyEffects): void {
  const giveUpAt = at + state.limits.startMs;
  state.phase = { name: 'starting', giveUpAt };
  state.leaving = null;
  state.readyAt = null;
  state.memory = 0;
  out.wakeAt(giveUpAt);
  out.spawn();
}

/** Goes on to a step of the way out. */
export function enterEnding(state: NannyState, phase: EndingPhase, out: NannyEffects): void {
  state.phase = phase;
  out.wakeAt(phase.nextAt);
}

/** Has the process end, beginning gently. */
export function end(
  state: NannyState,
  how: Pick<EndingPhase, 'why' | 'exitWith'>,
  at: number,
  out: NannyEffects,
): void {
  enterEnding(state, { name: 'ending', ...how, step: 'asked', nextAt: at + state.limits.askMs }, out);
  out.ask(how.why);
}

/** Starts the process anew, now or in a while. */
export function startAgain(state: NannyState, pauseMs: number, at: number, out: NannyEffects): void {
  if (pauseMs === 0) {
    spawn(state, at, out);
    return;
  }
  state.phase = { name: 'pausing', until: at + pauseMs };
  out.wakeAt(at + pauseMs);
}

/** The nanny is done. */
export function close(state: NannyState, code: number, out: NannyEffects): void {
  state.phase = { name: 'closed' };
  answerRestart(state, 'failed', out);
  out.closed(code);
}

export function answerRestart(state: NannyState, outcome: 'restarted' | 'failed', out: NannyEffects): void {
  if (!state.isRestartAwaited) return;
  state.isRestartAwaited = false;
  out.restartEnded(outcome);
}
