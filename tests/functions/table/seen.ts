import { knownGaps, type KnownGap } from './known-gaps.js';

/** What came of one part of a case in one place. */
export interface Seen {
  readonly title: string;
  /** Column of the table. */
  readonly where: string;
  /** Empty if it holds. */
  readonly problem: string;
}

/** The gap that is known there, if one is. */
export function gapOf({ title, where }: Seen): KnownGap | undefined {
  return knownGaps.find((gap) => gap.title === title && gap.where.includes(where));
}

/** What is wrong with what was seen: a problem that nobody knows of, or one that is no more. */
export function complaintOf(seen: Seen): string {
  if (gapOf(seen) === undefined) return seen.problem;
  return seen.problem === '' ? 'it holds: take it out of known-gaps.ts' : '';
}
