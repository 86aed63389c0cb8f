import { basename } from 'node:path';
import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import { BundleStacks } from './bundle-stacks.js';
import { BundleUnit } from './bundle-unit.js';
import { packageAbove, packageInPath } from './bundled-packages.js';
import type { CaptureTools } from './capture-tools.js';
import { placeText } from './capture-trail.js';
import type { UnitRecord } from './code-section.js';
import { offsetBefore } from './edits.js';
import { decodedPath, isRestored, TASK_SCHEME } from './file-kinds.js';
import type { FunctionLocation } from './inspect-function.js';
import type { BundleOrigin, PlaceFinder } from './place-finder.js';
import type { Script } from './script-table.js';
import { Recent } from './recent.js';
import { ScriptText } from './script-text.js';
import { SourceMaps } from './source-maps.js';
import type { Place } from './source-maps.js';
import { withoutOwnFrames } from './stack-frames.js';
import { UnitBuilder } from './unit-builder.js';
import type { SectionUnit, UnitLine } from './unit-builder.js';

/** How many units' functions are remembered. */
const MAX_UNITS = 2000;

/** Characters of a unit's hash in the name of its script. */
export const UNIT_NAME_LENGTH = 16;

/** Tools that take the name for a path leave fewer slashes. */
const FRAME = new RegExp(`${TASK_SCHEME}/{1,3}([0-9a-f]{${UNIT_NAME_LENGTH}})/?(.*?):(\\d+):(\\d+)`, 'g');

/** Name of the script that a unit is evaluated as. */
export function unitScriptName(unit: Pick<UnitRecord, 'hash' | 'file'>): string {
  // Names of evaluated texts have no blanks and no quotes.
  const path = encodeURI(unit.file.replace(/^\/+/, '')).replaceAll("'", '%27');
  return `${TASK_SCHEME}///${unit.hash.slice(0, UNIT_NAME_LENGTH)}/${path}`;
}

/** Maps places in restored functions back to where these were written. */
export class StackMapper implements PlaceFinder {
  readonly #tools: () => CaptureTools;
  readonly #units = new Recent<string, readonly UnitLine[]>(MAX_UNITS);
  readonly #bundles = new BundleStacks(() => this.#tools().parser);
  readonly #maps: SourceMaps;

  constructor(tools: () => CaptureTools) {
    this.#tools = tools;
    this.#maps = new SourceMaps(() => tools().parser);
  }

  /** Notes where the functions of units came from. Of equal functions in several places the latest is remembered. */
  remember(records: readonly UnitRecord[], units: readonly SectionUnit[]): void {
    records.forEach((record, i) => {
      const key = record.hash.slice(0, UNIT_NAME_LENGTH);
      const unit = units[i];
      if (unit instanceof BundleUnit) this.#bundles.remember(key, unit.bundle);
      if (unit instanceof UnitBuilder) this.#units.set(key, unit.lines());
    });
  }

  /** Rewrites the frames of restored functions and drops those of whoever ran them. */
  map(stack: string): string {
    return withoutOwnFrames(stack).replace(FRAME, (whole, ...groups: readonly string[]) => {
      const [hash = '', file = '', row = '', column = ''] = groups;
      const at = [hash, Number(row) - 1, Number(column) - 1] as const;
      const place = this.#bundles.original(...at) ?? this.#original(...at);
      if (place !== undefined) return `${place.file}:${place.line}:${place.column}`;
      return file === '' ? whole : `/${decodedPath(file)}:${row}:${column}`;
    });
  }

  placeOf(fn: CallableValue): string | undefined {
    return this.#ifReadable(() => this.#placeOf(fn));
  }

  bundleOriginOf(fn: CallableValue): BundleOrigin | undefined {
    return this.#ifReadable(() => this.#bundleOriginOf(fn));
  }

  #ifReadable<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      // It is asked for the text of another error, often enough because functions cannot be read here.
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  #placeOf(fn: CallableValue): string | undefined {
    const { location } = this.#tools().inspect(fn);
    const script = location === undefined ? undefined : this.#scriptOf(location);
    if (location === undefined || script === undefined) return undefined;
    // The lines of what was restored here are those of its unit, which say nothing to a reader.
    if (isRestored(script.url)) return basename(decodedPath(script.url));
    const place = this.#maps.placeOf(script, location);
    return placeText(place.file, place.line);
  }

  #bundleOriginOf(fn: CallableValue): BundleOrigin | undefined {
    const { location } = this.#tools().inspect(fn);
    const script = location === undefined ? undefined : this.#scriptOf(location);
    if (location === undefined || script?.source === undefined) return undefined;
    const { file } = this.#maps.placeOf(script, location);
    return { package: packageInPath(file) ?? packageAbove(script.source, location.line) };
  }

  #original(hash: string, line: number, column: number): Place | undefined {
    const found = this.#units.get(hash)?.findLast((candidate) => candidate.line <= line);
    if (found === undefined) return undefined;
    const { location, text } = found.origin;
    const script = location === undefined ? undefined : this.#scriptOf(location);
    if (location === undefined || script === undefined) return undefined;
    const { expression, edits } = this.#tools().analyzer.analyze(text);
    const inside = new ScriptText(expression).offsetOf({ line: line - found.line, column });
    const range = script.text?.rangeOf(text, location);
    // Where the text is not at hand, the place of the function is better than nothing.
    if (script.text === undefined || range === undefined || inside === undefined) {
      return this.#maps.placeOf(script, location);
    }
    const offset = Math.min(Math.max(0, offsetBefore(edits, inside)), text.length);
    return this.#maps.placeOf(script, script.text.placeAt(range.start + offset));
  }

  #scriptOf(location: FunctionLocation): Script | undefined {
    const script = this.#tools().scripts.find(location.scriptId);
    return script === undefined || script.url === '' ? undefined : script;
  }
}
