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
  /** First line of the function, counted from 0. */
  readonly line: number;
  /** Characters before the function's own text on that line. */
  readonly column: number;
  readonly origin: FunctionOrigin;
}

/** One function of a unit: what makes it, and the variables that it has for itself. */
export interface Maker {
  readonly origin: FunctionOrigin;
  readonly expression: string;
  readonly strict: boolean;
  /** Names of the variables around it that are not those of the module. */
  readonly variables: readonly string[];
}

/** Parameters of every unit: what replaces `import(…)` and `import.meta`, and a `require` from the worker's place. */
export const UNIT_PARAMETERS = '__imp_,__meta_____,require';

/**
 * Collects the functions of one script. Variables of the module are shared by all of them; each function is made by a
 * maker that holds its own variables, and values are set afterwards, so that functions may refer to each other.
 */
export class UnitBuilder {
  readonly index: number;
  readonly file: string;
  readonly hint: string;
  metaUrl = '';
  readonly #makers: Maker[] = [];
  readonly #makerIndexes = new Map<string, number>();
  readonly #moduleVariables: string[] = [];
  readonly #moduleIndexes = new Map<string, number>();

  constructor(index: number, file: string, hint: string) {
    this.index = index;
    this.file = file;
    this.hint = hint;
  }

  /** Number of the maker, shared by functions of the same text and surroundings. */
  addMaker(maker: Maker): number {
    const key = `${maker.strict ? 1 : 0}${maker.variables.join()};${maker.expression}`;
    let index = this.#makerIndexes.get(key);
    if (index === undefined) {
      index = this.#makers.push(maker) - 1;
      this.#makerIndexes.set(key, index);
    }
    return index;
  }

  /** Number of a variable of the module, and whether this is the first mention. */
  addModuleVariable(name: string): { readonly index: number; readonly isNew: boolean } {
    const known = this.#moduleIndexes.get(name);
    if (known !== undefined) return { index: known, isNew: false };
    const index = this.#moduleVariables.push(name) - 1;
    this.#moduleIndexes.set(name, index);
    return { index, isNew: true };
  }

  build(): UnitRecord {
    const text = this.#text();
    return {
      hash: hash('sha256', text, 'hex'),
      text,
      file: this.file,
      metaUrl: this.metaUrl,
      hint: this.hint,
    };
  }

  /** Which lines of the text are which function, in order. */
  lines(): UnitLine[] {
    const lines: UnitLine[] = [];
    // One line for the head of the unit and one for that of each maker; see `makerText`.
    let line = 1;
    for (const { expression, origin } of this.#makers) {
      line++;
      lines.push({ line, column: Math.max(0, expression.indexOf(origin.text.slice(0, 20))), origin });
      line += expression.split('\n').length + 1;
    }
    return lines;
  }

  #text(): string {
    const names = this.#moduleVariables;
    const cases = names.map((name, i) => `case ${i}:${name}=$v;break;`).join('');
    const declared = names.length === 0 ? '' : `let ${names.join()};`;
    const makers = this.#makers.map(makerText).join(',\n');
    return `(function(${UNIT_PARAMETERS}){${declared}return [($i,$v)=>{switch($i){${cases}}},\n${makers}\n];})`;
  }
}

/** The function stands on lines of its own, so that its stacks can be mapped back. */
function makerText({ expression, strict, variables }: Maker): string {
  const declared = variables.length === 0 ? '' : `let ${variables.join()};`;
  const parameters = variables.map((_, i) => `$${i}`).join();
  const assigned = variables.map((name, i) => `${name}=$${i};`).join('');
  return `(__sup,__k)=>{${strict ? '"use strict";' : ''}${declared}return [\n${expression}\n,(${parameters})=>{${assigned}}]}`;
}
