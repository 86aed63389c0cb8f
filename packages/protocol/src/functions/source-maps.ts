import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filePath } from './file-kinds.js';
import type { Parser } from './load-parser.js';
import type { Script } from './script-table.js';
import type { TextPlace } from './script-text.js';

/** A place in a file, for people. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

/** A map, and the file that the paths in it are relative to. */
interface LoadedMap {
  readonly map: InstanceType<Parser['TraceMap']>;
  readonly base: string;
}

/** Finds out where in the user's own files a place of a script is, through the source map that the script names. */
export class SourceMaps {
  readonly #parser: () => Parser;
  readonly #maps = new Map<string, LoadedMap | undefined>();

  constructor(parser: () => Parser) {
    this.#parser = parser;
  }

  /**
   * The place that was written by a person: in the original file where there is a map, else in the script itself.
   */
  placeOf(script: Script, { line, column }: TextPlace): Place {
    const generated = { file: filePath(script.url) ?? script.url, line: line + 1, column: column + 1 };
    const loaded = this.#mapOf(script);
    if (loaded === undefined) return generated;
    const original = this.#parser().originalPositionFor(loaded.map, { line: line + 1, column });
    if (original.source === null) return generated;
    return { file: sourcePath(original.source, loaded.base), line: original.line, column: original.column + 1 };
  }

  #mapOf(script: Script): LoadedMap | undefined {
    if (script.sourceMapUrl === undefined) return undefined;
    if (!this.#maps.has(script.url)) this.#maps.set(script.url, this.#readMap(script, script.sourceMapUrl));
    return this.#maps.get(script.url);
  }

  #readMap(script: Script, url: string): LoadedMap | undefined {
    const { TraceMap } = this.#parser();
    try {
      const found = readMapText(script, url);
      return found === undefined ? undefined : { map: new TraceMap(found.text), base: found.base };
    } catch (error) {
      // A damaged map is as good as none: places in the generated file are still true.
      void error;
      return undefined;
    }
  }
}

function readMapText(script: Script, url: string): { readonly text: string; readonly base: string } | undefined {
  const base = filePath(script.url) ?? '';
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (inline !== null) {
    const [, base64, data = ''] = inline;
    return {
      text: base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8'),
      base,
    };
  }
  const file = url.startsWith('file:') ? fileURLToPath(url) : resolve(dirname(base), decodeURIComponent(url));
  return base !== '' && existsSync(file) ? { text: readFileSync(file, 'utf8'), base: file } : undefined;
}

/** Sources are paths beside the map, `file:` URLs, or names that a bundler made up, such as `webpack://app/src/a.ts`. */
function sourcePath(source: string, base: string): string {
  return filePath(source) ?? (/^[a-z][a-z\d+.-]+:/i.test(source) ? source : resolve(dirname(base), source));
}
