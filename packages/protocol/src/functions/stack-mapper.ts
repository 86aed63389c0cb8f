import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import { BundleStacks } from './bundle-stacks.js';
import { BundleUnit } from './bundle-unit.js';
import type { CaptureTools } from './capture-tools.js';
import { placeText } from './capture-trail.js';
import type { UnitRecord } from './code-section.js';
import { filePath, isOwnPackage, kindOfFile, TASK_SCHEME } from './file-kinds.js';
import type { Parser } from './load-parser.js';
import type { Script } from './script-table.js';
import { UnitBuilder } from './unit-builder.js';
import type { FunctionOrigin, SectionUnit, UnitLine } from './unit-builder.js';

/** How many units' lines are remembered. */
const MAX_UNITS = 2000;

/** Characters of a unit's hash in the name of its script. */
export const UNIT_NAME_LENGTH = 16;

const FRAME = new RegExp(`${TASK_SCHEME}///([0-9a-f]{${UNIT_NAME_LENGTH}})/(.*?):(\\d+):(\\d+)`);
const ANY_PLACE = /\(?((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/;

interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

/** Name of the script that a unit is evaluated as. */
export function unitScriptName(unit: Pick<UnitRecord, 'hash' | 'file'>): string {
  // Names of evaluated texts have no blanks and no quotes.
  const path = encodeURI(unit.file.replace(/^\/+/, '')).replaceAll("'", '%27');
  return `${TASK_SCHEME}///${unit.hash.slice(0, UNIT_NAME_LENGTH)}/${path}`;
}

/** Maps places in restored functions back to where these were written. */
export class StackMapper {
  readonly #tools: () => CaptureTools;
  readonly #units = new Map<string, readonly UnitLine[]>();
  readonly #bundles = new BundleStacks(() => this.#tools().parser);
  readonly #maps = new Map<string, InstanceType<Parser['TraceMap']> | undefined>();

  constructor(tools: () => CaptureTools) {
    this.#tools = tools;
  }

  /** Notes where the functions of units came from. */
  remember(records: readonly UnitRecord[], units: readonly SectionUnit[]): void {
    records.forEach((record, i) => {
      const key = record.hash.slice(0, UNIT_NAME_LENGTH);
      const unit = units[i];
      if (unit instanceof BundleUnit) this.#bundles.remember(key, unit.bundle);
      if (!(unit instanceof UnitBuilder) || this.#units.has(key)) return;
      this.#units.set(key, unit.lines());
      if (this.#units.size > MAX_UNITS) this.#units.delete(this.#units.keys().next().value as string);
    });
  }

  /** Rewrites the frames of restored functions and drops those of whoever ran them. */
  map(stack: string): string {
    const lines = stack.split('\n');
    const last = lines.findLastIndex((line) => FRAME.test(line));
    if (last < 0) return stack;
    return lines
      .filter((line, i) => i <= last || !isWorkerFrame(line))
      .map((line) => this.#mapFrame(line))
      .join('\n');
  }

  #mapFrame(line: string): string {
    const match = FRAME.exec(line);
    if (match === null) return line;
    const [whole, hash = '', file = '', row = '', column = ''] = match;
    const at = [hash, Number(row) - 1, Number(column) - 1] as const;
    const place = this.#bundles.original(...at) ?? this.#original(...at);
    if (place !== undefined) return line.replace(whole, `${place.file}:${place.line}:${place.column}`);
    return file === '' ? line : line.replace(whole, `/${decodedPath(file)}:${row}:${column}`);
  }

  /** Where a function is written: `jobs.ts:41`, if that can be found out. */
  placeOf(fn: CallableValue): string | undefined {
    try {
      return this.#placeOf(fn);
    } catch (error) {
      // It is asked for the text of another error, often enough because functions cannot be read here.
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  #placeOf(fn: CallableValue): string | undefined {
    const tools = this.#tools();
    const { location } = tools.inspect(fn);
    if (location === undefined) return undefined;
    const script = tools.scripts.get(location.scriptId);
    if (script === undefined || script.url === '') return undefined;
    const place = this.#throughMap(script, location.line, location.column);
    return placeText(place.file, place.line);
  }

  #original(hash: string, line: number, column: number): Place | undefined {
    const lines = this.#units.get(hash);
    const found = lines?.findLast((candidate) => candidate.line <= line);
    if (found === undefined) return undefined;
    const { location } = found.origin;
    const script = location === undefined ? undefined : this.#tools().scripts.get(location.scriptId);
    if (script === undefined || script.url === '') return undefined;
    const start = startOf(found.origin, script);
    const inside = line - found.line;
    const scriptColumn = inside === 0 ? column - found.column + start.column : column;
    return this.#throughMap(script, start.line + inside, Math.max(0, scriptColumn));
  }

  #throughMap(script: Script, line: number, column: number): Place {
    const generated = { file: filePath(script.url) ?? script.url, line: line + 1, column: column + 1 };
    const map = this.#mapOf(script);
    if (map === undefined) return generated;
    const original = this.#tools().parser.originalPositionFor(map, { line: line + 1, column });
    if (original.source === null) return generated;
    const source = filePath(original.source) ?? resolve(dirname(generated.file), original.source);
    return { file: source, line: original.line, column: original.column + 1 };
  }

  #mapOf(script: Script): InstanceType<Parser['TraceMap']> | undefined {
    if (script.sourceMapUrl === undefined) return undefined;
    if (!this.#maps.has(script.url)) this.#maps.set(script.url, this.#readMap(script, script.sourceMapUrl));
    return this.#maps.get(script.url);
  }

  #readMap(script: Script, url: string): InstanceType<Parser['TraceMap']> | undefined {
    const text = mapText(script, url);
    if (text === undefined) return undefined;
    const { TraceMap } = this.#tools().parser;
    try {
      return new TraceMap(text);
    } catch {
      // A damaged map is as good as none: places in the generated file are still true.
      return undefined;
    }
  }
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Whatever a task has thrown may have any stack.
    return path;
  }
}

function mapText(script: Script, url: string): string | undefined {
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (inline !== null) {
    const [, base64, data = ''] = inline;
    return base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8');
  }
  const script_ = filePath(script.url);
  if (script_ === undefined) return undefined;
  const file = url.startsWith('file:') ? fileURLToPath(url) : resolve(dirname(script_), decodeURIComponent(url));
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The runtime gives the place of the parameters; the text begins before that. */
function startOf(origin: FunctionOrigin, script: Script): { readonly line: number; readonly column: number } {
  const { line, column } = origin.location as NonNullable<FunctionOrigin['location']>;
  const { source } = script;
  if (source === undefined) return { line, column };
  let offset = 0;
  for (let i = 0; i < line; i++) offset = source.indexOf('\n', offset) + 1;
  const start = source.lastIndexOf(origin.text, offset + column);
  if (start < 0) return { line, column };
  const before = source.slice(0, start);
  return { line: before.split('\n').length - 1, column: start - (before.lastIndexOf('\n') + 1) };
}

function isWorkerFrame(line: string): boolean {
  const url = ANY_PLACE.exec(line.trim())?.[1];
  if (url === undefined) return false;
  const kind = kindOfFile(url);
  return kind.type === 'node' || (kind.type === 'package' && isOwnPackage(kind.info.name));
}
