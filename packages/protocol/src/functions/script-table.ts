import type { FunctionInspector, FunctionLocation, ParsedScript } from './inspect-function.js';
import type { Parser } from './load-parser.js';
import { readScript } from './read-script.js';
import type { ScriptFacts } from './read-script.js';
import { kindOfFile } from './file-kinds.js';
import type { FileKind } from './file-kinds.js';
import { ScriptText } from './script-text.js';
import type { StaticScope } from './static-scopes.js';
import { TimeShare } from './time-share.js';

/**
 * Reading the list of scripts costs up to hundreds of milliseconds in large programs. One that makes code as it goes would
 * ask for it again and again; captures do without where they must.
 */
const FOR_CAPTURES = { share: 0.1, savedMsMax: 2000 };

/** Somebody waits for the place of an error, and nothing else tells it. */
const FOR_PLACES = { share: 0.5, savedMsMax: 5000 };

/** A script that the runtime has loaded. */
export interface Script {
  readonly url: string;
  readonly kind: FileKind;
  /** Only of users' own scripts, and of packages that go by value. */
  readonly source: string | undefined;
  readonly sourceMapUrl: string | undefined;
  /** The source with its places. */
  readonly text: ScriptText | undefined;
}

interface KnownScript extends Script {
  facts: ScriptFacts | undefined;
}

/** Scripts of this process by id, read when somebody first asks for one that is not known. */
export class ScriptTable {
  readonly #inspector: FunctionInspector;
  readonly #parser: () => Parser;
  #scripts: ReadonlyMap<string, KnownScript> = new Map();
  readonly #forCaptures = new TimeShare(FOR_CAPTURES);
  readonly #forPlaces = new TimeShare(FOR_PLACES);
  readonly #openPackages: ReadonlySet<string>;

  /** @param openPackages - packages whose sources are read as those of the user's own files are */
  constructor(inspector: FunctionInspector, parser: () => Parser, openPackages: ReadonlySet<string>) {
    this.#inspector = inspector;
    this.#parser = parser;
    this.#openPackages = openPackages;
  }

  /**
   * The script. May be `undefined` only in a program that makes code as it goes: whose code a function is decides how it
   * travels, so a module that was loaded a moment ago has to be found.
   */
  get(scriptId: string): Script | undefined {
    return this.#get(scriptId);
  }

  /** The same for the text of an error, which may take longer. */
  find(scriptId: string): Script | undefined {
    return this.#get(scriptId, this.#forPlaces);
  }

  /** What the source of a user's script tells. */
  factsOf(scriptId: string): ScriptFacts | undefined {
    const script = this.#get(scriptId);
    if (script?.source === undefined) return undefined;
    script.facts ??= readScript(this.#parser(), script.source);
    return script.facts;
  }

  /**
   * The scope in which a function was written.
   * @param text - text of the function
   */
  scopeAround(text: string, location: FunctionLocation): StaticScope | undefined {
    const facts = this.factsOf(location.scriptId);
    const range = this.#get(location.scriptId)?.text?.rangeOf(text, location);
    return range === undefined ? undefined : facts?.scopeAround(range.start, range.end);
  }

  /** Reads anew what belongs to a package that has been opened. */
  reread(name: string): void {
    this.#scripts = new Map(
      [...this.#scripts].filter(([, { kind }]) => kind.type !== 'package' || kind.info.name !== name),
    );
    this.refresh();
  }

  /** Reads the list, so that whoever asks next need not wait for it. */
  refresh(): void {
    this.#inspector.withScripts((scripts, source) => {
      const known = this.#scripts;
      // Scripts that are gone are left out: a program may make any number of them.
      this.#scripts = new Map(
        scripts.map((script) => [script.scriptId, known.get(script.scriptId) ?? this.#describe(script, source)]),
      );
    });
  }

  #get(scriptId: string, time = this.#forCaptures): KnownScript | undefined {
    if (!this.#scripts.has(scriptId)) time.spend(() => this.#finds(scriptId));
    return this.#scripts.get(scriptId);
  }

  /** Reads the list. A program has only so many scripts with a name. */
  #finds(scriptId: string): boolean {
    this.refresh();
    const found = this.#scripts.get(scriptId);
    return found !== undefined && found.kind.type !== 'unnamed';
  }

  #describe(script: ParsedScript, source: (scriptId: string) => string): KnownScript {
    const kind = kindOfFile(script.url);
    const sourceMapUrl = script.sourceMapURL === '' ? undefined : script.sourceMapURL;
    // Sources of packages are hardly ever looked into, and reading all of them takes long.
    const isRead = kind.type === 'user' || (kind.type === 'package' && this.#openPackages.has(kind.info.name));
    const text = isRead ? source(script.scriptId) : undefined;
    const start = { line: script.startLine, column: script.startColumn };
    return {
      url: script.url,
      kind,
      source: text,
      sourceMapUrl,
      text: text === undefined ? undefined : new ScriptText(text, start),
      facts: undefined,
    };
  }
}
