import type { NannyEffects } from './effects.js';
import type { NannyState } from './nanny-state.js';
import { restartPause } from './restart-pause.js';
import { close, isProcessThere, startAgain } from './steps.js';
import { NANNY_EXITS, type ExitCause, type ProcessExit } from './worker-exit.js';

/** The process is gone: tells how, and what comes next. */
export function onExited(
  state: NannyState,
  { code, signal, at }: ProcessExit & { readonly at: number },
  out: NannyEffects,
): void {
  if (!isProcessThere(state)) return;
  const cause = causeOf(state, { code, signal });
  out.workerExited({ cause, code, signal, memory: state.memory });
  const { phase } = state;
  if (phase.name === 'ending' && phase.exitWith !== null) {
    close(state, phase.exitWith, out);
  } else if (cause === 'restarted' || (cause === 'left' && state.leaving?.wantsRestart === true)) {
    state.deaths = 0;
    startAgain(state, 0, at, out);
  } else if (endsNanny(state, cause)) {
    close(state, code ?? NANNY_EXITS.failed, out);
  } else {
    startAgain(state, restartPause(countDeath(state, at), state.limits), at, out);
  }
}

function causeOf({ phase, leaving }: NannyState, { code, signal }: ProcessExit): ExitCause {
  if (phase.name === 'ending') return phase.why === 'start-timeout' ? 'start-failed' : phase.why;
  if (code === NANNY_EXITS.schedulerLost) return 'scheduler-lost';
  if (phase.name === 'starting') return 'start-failed';
  if (code === 0 || leaving !== null) return 'left';
  return signal === null ? 'exit' : 'signal';
}

/** A worker that left in order is not wanted any more; one that never came up will not do so the next time either. */
function endsNanny({ limits, hasRun }: NannyState, cause: ExitCause): boolean {
  if (!limits.restarts || cause === 'left' || cause === 'scheduler-lost') return true;
  return cause === 'start-failed' && !hasRun;
}

/** How many deaths in a row this one makes. */
function countDeath(state: NannyState, at: number): number {
  const { readyAt, limits } = state;
  const wasSound = readyAt !== null && at - readyAt >= limits.soundMs;
  state.deaths = wasSound ? 1 : state.deaths + 1;
  return state.deaths;
}
