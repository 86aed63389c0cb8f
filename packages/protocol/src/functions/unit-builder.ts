import { hash } from 'node:crypto';
import type { UnitRecord } from './code-section.js';
import type { FunctionLocation } from './inspect-function.js';

/** Where the text of a function stands in a script of this process. */
export interface FunctionOrigin {
  readonly text: string;
  readonly location: FunctionLocation | undefined;
}

/** Where a function stands in the text of a unit. */
export interface UnitLine {
  /** First line of the function's expression, counted from 0. */
  readonly line: number;
  readonly origin: FunctionOrigin;
}

/** One function of a unit: what makes it, and the variables that it has for itself. */
export interface Maker {
  readonly origin: FunctionOrigin;
  readonly expression: string;
  readonly strict: boolean;
  /** Names of the variables around it that it shares with no other function. */
  readonly variables: readonly string[];
}

/** What becomes one unit of a code section. */
export interface SectionUnit {
  build(): UnitRecord;
}
/** What stands for `import` in units. Each has the length of what it replaces, so that columns stay right. */
export const IMPORT_FUNCTION = '__imp_';
export const IMPORT_META = '__meta_____';

/** Parameters of every unit: what replaces `import(…)` and `import.meta`, and a `require` from the worker's place. */
export const UNIT_PARAMETERS: readonly string[] = [IMPORT_FUNCTION, IMPORT_META, 'require'];

/**
 * A part of a unit's text whose functions share variables: a function that makes a list. First in the list is what sets
 * a variable, then come makers of functions and further levels, which see the variables of this one.
 */
export class UnitLevel {
  readonly #entries: (Maker | UnitLevel)[] = [];
  readonly #makerIndexes = new Map<string, number>();
  readonly #levelIndexes = new Map<string, number>();
  readonly #variables: string[] = [];

  /** Number of the maker, shared by functions of the same text and surroundings. */
  addMaker(maker: Maker): number {
    const key = `${maker.strict ? 1 : 0}${maker.variables.join()};${maker.expression}`;
    let index = this.#makerIndexes.get(key);
    if (index === undefined) {
      index = this.#entries.push(maker) - 1;
      this.#makerIndexes.set(key, index);
    }
    return index;
  }

  /**
   * The level inside this one for a scope of the program.
   * @param key - what tells scopes apart
   */
  levelFor(key: string): { readonly level: UnitLevel; readonly index: number } {
    const known = this.#levelIndexes.get(key);
    // Only levels are counted under these keys.
    if (known !== undefined) return { level: this.#entries[known] as UnitLevel, index: known };
    const level = new UnitLevel();
    const index = this.#entries.push(level) - 1;
    this.#levelIndexes.set(key, index);
    return { level, index };
  }

  /** Number of a variable that the functions of this level share. */
  variableIndex(name: string): number {
    const known = this.#variables.indexOf(name);
    return known >= 0 ? known : this.#variables.push(name) - 1;
  }

  /** Writes the body of the function that this level is. */
  writeBody(text: UnitText): void {
    const names = this.#variables;
    const [at, value, mark] = [unlike(names, '__i'), unlike(names, '__v'), unlike(names, '__c')];
    // Scopes have no identity. Those that are made here get one, for when their functions are captured once more.
    const [declared, mention] = names.length === 0 ? ['', ''] : [`let ${names.join()},${mark}={};`, mark];
    const cases = names.map((name, i) => `case ${i}:${name}=${value};break;`).join('');
    text.add(`{${declared}return [(${at},${value})=>{switch(${at}){${cases}}${mention}}`);
    for (const entry of this.#entries) {
      text.add(',\n');
      if (entry instanceof UnitLevel) {
        text.add('()=>');
        entry.writeBody(text);
      } else writeMaker(text, entry);
    }
    text.add('\n];}');
  }
}

/** Collects the functions of one script. */
export class UnitBuilder implements SectionUnit {
  /** The script, where it is a file. */
  file = '';
  /** `import.meta.url`, if a function asks for it. */
  metaUrl = '';
  /** What holds all functions, and the variables that all of them may share. */
  readonly root = new UnitLevel();
  #text: UnitText | undefined;

  /** The finished unit. No function may be added afterwards. */
  build(): UnitRecord {
    const { text } = this.#written();
    return {
      hash: hash('sha256', text, 'hex'),
      text,
      file: this.file,
      metaUrl: this.metaUrl,
      hint: this.file,
    };
  }

  /** Which lines of the text are which function, in order. */
  lines(): readonly UnitLine[] {
    return this.#written().lines;
  }

  #written(): UnitText {
    if (this.#text !== undefined) return this.#text;
    this.#text = new UnitText();
    this.#text.add(`(function(${UNIT_PARAMETERS.join()})`);
    this.root.writeBody(this.#text);
    this.#text.add(')');
    return this.#text;
  }
}

/** Text that knows on which line it stands. */
class UnitText {
  text = '';
  readonly lines: UnitLine[] = [];
  #line = 0;

  add(part: string): void {
    this.text += part;
    for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) this.#line++;
  }

  addFunction({ expression, origin }: Maker): void {
    this.lines.push({ line: this.#line, origin });
    this.add(expression);
  }
}

/** The function stands on lines of its own, so that its stacks can be mapped back. */
function writeMaker(text: UnitText, maker: Maker): void {
  const { strict, variables } = maker;
  const declared = variables.length === 0 ? '' : `let ${variables.join()};`;
  const values = unlike(variables, '__v');
  const assigned = variables.map((name, i) => `${name}=${values}[${i}];`).join('');
  text.add(`(__sup,__k)=>{${strict ? '"use strict";' : ''}${declared}return [\n`);
  text.addFunction(maker);
  text.add(`\n,(${values})=>{${assigned}}]}`);
}

/** A name that no variable has which is set through it. */
function unlike(names: readonly string[], wanted: string): string {
  return names.includes(wanted) ? unlike(names, `${wanted}_`) : wanted;
}
