import { describe, expect, test } from '@jest/globals';
import { parse } from 'acorn';
import { LexicalDeclarations } from './lexical-declarations.js';

/** In the text, `§` marks the function that uses `late`, and `!` each call that is under way. */
function isPending(marked: string): boolean {
  const text = marked.replaceAll(/[§!]/g, ' ');
  const calls = Array.from(marked.matchAll(/!/g), ({ index }) => index);
  const declarations = new LexicalDeclarations(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }));
  return declarations.isPending('late', marked.indexOf('§'), calls);
}

describe('a variable is pending', () => {
  test.each([
    ['at top level, above its declaration', '!submit(§() => late); const late = 1;'],
    ['in the declaration itself', 'const late = !submit(§() => late);'],
    ['in a function that is called above', 'function main() { !submit(§() => late); } !main(); let late = 1;'],
    ['in a function, above its declaration', 'function main() { !submit(§() => late); const late = 1; } !main();'],
    ['where it is a class', '!submit(§() => late); class late {}'],
    ['where it is taken out of an object', '!submit(§() => late); const { a: [late] } = x;'],
    ['in a block', 'const late = 0; { !submit(§() => late); const late = 1; }'],
    ['in each round of a loop', 'for (const x of y) { !submit(§() => late); const late = x; }'],
    [
      'where a function uses it that is there before',
      '!submit(uses); const late = f(); function §uses() { return late; }',
    ],
    [
      'where such a function makes the one that uses it',
      '!submit(make()); const late = f(); function make() { return §() => late; }',
    ],
    [
      'where the declaration never ran, and leaves a value',
      'try { set(§() => late); throw 0; const late = 1; } catch {} !send();',
    ],
    ['where a class was never made', 'try { set(§() => late); throw 0; class late {} } catch {} !send();'],
  ])('%s', (_, text) => {
    expect(isPending(text)).toBe(true);
  });
});

describe('a variable is not pending', () => {
  test.each([
    ['below its declaration', 'const late = f(); !submit(§() => late);'],
    ['in a function that is called below', 'function main() { !submit(§() => late); } const late = f(); !main();'],
    ['where another one of its name is', '{ const late = f(); !submit(§() => late); } const late = 1;'],
    [
      'where another call of the same function is over',
      'const send = () => !submit(§() => late); const late = f(); !send();',
    ],
    [
      'where an earlier round of a loop has made the function below its declaration',
      'for (const x of y) { if (last) !submit(last); const late = x.z; last = §() => late; }',
    ],
    [
      'where the declaration may leave it undefined',
      'try { set(§() => late); throw 0; const late = f(); } catch {} !send();',
    ],
    ['where `var` declares it', '!submit(§() => late); var late = 1;'],
    ['where nothing declares it', '!submit(§() => late);'],
    ['as a parameter', 'function main(late) { !submit(§() => late); } !main(); const late = 1;'],
    ['as a part of a parameter', 'const main = ({ a: late }) => !submit(§() => late); !main(); const late = 1;'],
    ['as what was caught', 'try {} catch (late) { !submit(§() => late); } const late = 1;'],
    [
      'where a function has the name',
      'function main() { !submit(§() => late); function late() {} } !main(); const late = 1;',
    ],
    ['where `var` hides it', 'function main() { !submit(§() => late); var late; } !main(); const late = 1;'],
  ])('%s', (_, text) => {
    expect(isPending(text)).toBe(false);
  });
});
