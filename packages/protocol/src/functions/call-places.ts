import { filePath } from './file-kinds.js';
import type { ScriptText } from './script-text.js';

/** Calls that are looked at: those of this library come first, then the user's. */
const MAX_CALLS = 100;

/** Where in a script calls are under way right now, innermost first, in characters from its start. */
export function callPlacesIn(url: string, text: ScriptText): number[] {
  const file = filePath(url) ?? url;
  return callSites()
    .filter((site) => {
      const name = site.getFileName();
      return typeof name === 'string' && (filePath(name) ?? name) === file;
    })
    .flatMap((site) => {
      const place = { line: (site.getLineNumber() ?? 1) - 1, column: (site.getColumnNumber() ?? 1) - 1 };
      return text.offsetOf(place) ?? [];
    });
}

/** The stack as it is, without what a tool for source maps makes of it. */
function callSites(): NodeJS.CallSite[] {
  const { stackTraceLimit } = Error;
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = MAX_CALLS;
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(holder, callPlacesIn);
    // The function above makes the stack this list when it is first read.
    return Array.isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Object.defineProperty(Error, 'prepareStackTrace', prepare);
  }
}
