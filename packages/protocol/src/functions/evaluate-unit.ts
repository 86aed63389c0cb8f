import { runInThisContext, Script } from 'node:vm';
import type { UnitRecord } from './code-section.js';
import { unitScriptName } from './stack-mapper.js';

// That of the main realm, whatever realm this file was loaded in.
const evaluate = runInThisContext('eval') as (text: string) => unknown;

/**
 * Evaluates the text of a unit in the main realm, under its name.
 *
 * By `eval`, since V8 keeps what it has compiled of a script for as long as it has memory to spare, in case the same text
 * comes again: some 2 kB for each. Texts come again here only when they are wanted again, and {@link UnitRunner} keeps those.
 */
export function evaluateUnit(unit: UnitRecord): unknown {
  const name = unitScriptName(unit);
  try {
    return evaluate(`${unit.text}\n//# sourceURL=${name}`);
  } catch (error) {
    // Not permitted where code must not be made from strings; scripts are.
    if (isEvalError(error)) {
      return new Script(unit.text, { filename: name }).runInThisContext();
    }
    throw error;
  }
}

/** By name: it is one of the realm that `eval` belongs to. */
function isEvalError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'EvalError';
}
