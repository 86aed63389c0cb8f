import { Refusal } from '../values/refusal.js';
import type { Analysis } from './analyze.js';
import type { CaptureContext } from './capture-context.js';
import type { InspectedFunction } from './inspect-function.js';
import { IMPORT_META } from './unit-builder.js';

/** What `import.meta.url` is in code; `undefined` if it does not ask. */
export function metaUrlOf(
  { tools, rules }: CaptureContext,
  analysis: Analysis,
  { location, scopes }: InspectedFunction,
): string | undefined {
  if (!analysis.usesImportMeta && !analysis.names.has(IMPORT_META)) return undefined;
  if (location === undefined && rules.captures !== undefined) {
    const fix = 'pass what it needs of it as a capture or an argument';
    throw new Refusal('NOTGIVEN', "it uses 'import.meta', which cannot be read here", fix);
  }
  if (analysis.usesImportMeta) return location === undefined ? '' : (tools.scripts.get(location.scriptId)?.url ?? '');
  // The code was restored here, with the object of the side that sent it.
  const scope = scopes.find(({ variables }) => Object.hasOwn(variables, IMPORT_META));
  const url: unknown = (scope?.variables[IMPORT_META] as { url?: unknown } | undefined)?.url;
  return typeof url === 'string' ? url : '';
}
