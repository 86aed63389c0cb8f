import { systemClock } from '@grid/common';
import type { FunctionInspector, ParsedScript } from './inspect-function.js';
import type { Parser } from './load-parser.js';
import { readScript } from './read-script.js';
import type { ScriptFacts } from './read-script.js';
import { kindOfFile } from './file-kinds.js';
import type { FileKind } from './file-kinds.js';

/** Reading the list of scripts costs up to hundreds of milliseconds in large programs: it gets a tenth of the time at most. */
const PAUSE_FACTOR = 10;

/** A script that the runtime has loaded. */
export interface Script {
  readonly url: string;
  readonly kind: FileKind;
  /** Only of users' own scripts. */
  readonly source: string | undefined;
  readonly sourceMapUrl: string | undefined;
}

/** Scripts of this process by id, read when somebody first asks for one that is not known. */
export class ScriptTable {
  readonly #inspector: FunctionInspector;
  readonly #parser: () => Parser;
  readonly #scripts = new Map<string, Script>();
  readonly #facts = new Map<string, ScriptFacts>();
  #nextReadAt = -Infinity;

  constructor(inspector: FunctionInspector, parser: () => Parser) {
    this.#inspector = inspector;
    this.#parser = parser;
  }

  /** The script, or `undefined` if it has no name or was loaded too recently to be known. */
  get(scriptId: string): Script | undefined {
    const known = this.#scripts.get(scriptId);
    if (known !== undefined) return known;
    const start = systemClock.now();
    if (start < this.#nextReadAt) return undefined;
    this.#refresh();
    const end = systemClock.now();
    this.#nextReadAt = end + (end - start) * PAUSE_FACTOR;
    return this.#scripts.get(scriptId);
  }

  /** The script, only if it is known already. */
  peek(scriptId: string): Script | undefined {
    return this.#scripts.get(scriptId);
  }

  /** What the source of a user's script tells. */
  factsOf(scriptId: string): ScriptFacts | undefined {
    const known = this.#facts.get(scriptId);
    if (known !== undefined) return known;
    const source = this.get(scriptId)?.source;
    if (source === undefined) return undefined;
    const facts = readScript(this.#parser(), source);
    this.#facts.set(scriptId, facts);
    return facts;
  }

  #refresh(): void {
    this.#inspector.withScripts((scripts, source) => {
      for (const script of scripts) {
        if (!this.#scripts.has(script.scriptId)) this.#scripts.set(script.scriptId, describe(script, source));
      }
    });
  }
}

function describe(script: ParsedScript, source: (scriptId: string) => string): Script {
  const kind = kindOfFile(script.url);
  const sourceMapUrl = script.sourceMapURL === '' ? undefined : script.sourceMapURL;
  // Sources of packages are never looked into, and reading all of them takes long.
  const text = kind.type === 'user' ? source(script.scriptId) : undefined;
  return { url: script.url, kind, source: text, sourceMapUrl };
}
