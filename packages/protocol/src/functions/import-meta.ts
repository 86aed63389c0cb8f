import type { Analysis } from './analyze.js';
import type { InspectedFunction } from './inspect-function.js';
import type { ScriptTable } from './script-table.js';
import { IMPORT_META } from './unit-builder.js';

/** What `import.meta.url` is in code; `undefined` if it does not ask. */
export function metaUrlOf(
  scripts: ScriptTable,
  analysis: Analysis,
  { location, scopes }: InspectedFunction,
): string | undefined {
  if (analysis.usesImportMeta) {
    return location === undefined ? '' : (scripts.get(location.scriptId)?.url ?? '');
  }
  if (!analysis.names.has(IMPORT_META)) return undefined;
  // The code was restored here, with the object of the side that sent it.
  const scope = scopes.find(({ variables }) => Object.hasOwn(variables, IMPORT_META));
  const url: unknown = (scope?.variables[IMPORT_META] as { url?: unknown } | undefined)?.url;
  return typeof url === 'string' ? url : '';
}
