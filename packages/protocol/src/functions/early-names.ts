import { callPlacesIn } from './call-places.js';
import type { FunctionLocation } from './inspect-function.js';
import { LexicalDeclarations } from './lexical-declarations.js';
import type { Parser } from './load-parser.js';
import { parseScript } from './read-script.js';
import type { ScriptTable } from './script-table.js';
import type { ScriptText } from './script-text.js';

/** From this version on the runtime itself refuses to read a variable whose declaration has not run. */
const NODE_THAT_REFUSES = 22;

/**
 * Finds variables that were captured before their declaration has run, where the runtime says that they are `undefined`.
 * Their declarations are looked up in the script, and compared with where the program is just now.
 */
export class EarlyNames {
  readonly #scripts: () => ScriptTable;
  readonly #parser: () => Parser;
  readonly #declarations = new Map<string, LexicalDeclarations | undefined>();
  readonly #isNeeded: boolean;

  constructor(scripts: () => ScriptTable, parser: () => Parser, nodeVersion = process.versions.node) {
    this.#scripts = scripts;
    this.#parser = parser;
    this.#isNeeded = Number.parseInt(nodeVersion, 10) < NODE_THAT_REFUSES;
  }

  /** Whether the variable that a function means by `name`, and which is `undefined`, has not been declared yet. */
  isEarly(name: string, location: FunctionLocation | undefined): boolean {
    if (!this.#isNeeded || location === undefined) return false;
    const script = this.#scripts().get(location.scriptId);
    const text = script?.text;
    const place = text?.offsetOf(location);
    if (script === undefined || text === undefined || place === undefined) return false;
    const declarations = this.#declarationsOf(location.scriptId, text);
    return declarations?.has(name) === true && declarations.isPending(name, place, callPlacesIn(script.url, text));
  }

  #declarationsOf(scriptId: string, { source }: ScriptText): LexicalDeclarations | undefined {
    if (!this.#declarations.has(scriptId)) {
      const program = parseScript(this.#parser(), source);
      this.#declarations.set(scriptId, program === undefined ? undefined : new LexicalDeclarations(program));
    }
    return this.#declarations.get(scriptId);
  }
}
