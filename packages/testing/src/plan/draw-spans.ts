import type { Random } from '../host/random.js';
import type { Action } from './world-plan.js';

/** In so many worlds programs say which of their pieces they submit from. */
const SPEAKING = 0.15;

/** Draws which of what is submitted comes from which piece of a program. */
export function drawSpans(random: Random, actions: readonly Action[]): readonly Action[] {
  if (!random.chance(SPEAKING)) return actions;
  return actions.map((action) => {
    const isSubmission = action.kind === 'submit' || action.kind === 'map' || action.kind === 'graph';
    return isSubmission && random.chance(0.7) ? { ...action, span: random.pick(['read', 'train']) } : action;
  });
}
