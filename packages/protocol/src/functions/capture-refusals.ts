import { Refusal } from '../values/refusal.js';
import type { Analysis } from './analyze.js';

/** The refusal for what a function uses of its surroundings without a name, which nobody can read. */
export function refuseSurroundings(analysis: Analysis): Refusal | undefined {
  const { surroundings, loads } = analysis;
  const relative = loads.find((specifier) => specifier !== undefined && /^\.{1,2}\//.test(specifier));
  if (surroundings.outerThis) return refuseThis(analysis.expression);
  if (surroundings.outerNewTarget) {
    return new Refusal(
      'THIS',
      "it is an arrow function that uses 'new.target' of the code around it",
      'write `const target = new.target` before it and use target',
    );
  }
  if (surroundings.outerSuper) {
    return new Refusal(
      'SUPER',
      "it is a method that uses 'super'",
      'send an instance of its class, or a function that calls the method',
    );
  }
  if (surroundings.outerArguments) {
    return new Refusal(
      'ARGS',
      "it uses 'arguments' of the function around it",
      'write `const args = [...arguments]` before it and use args',
    );
  }
  const [privateName] = surroundings.privateNames;
  if (privateName !== undefined) {
    return new Refusal(
      'PRIVNAME',
      `it uses the private name ${privateName} of a class around it`,
      `read it into a variable first, or write \`private ${privateName.slice(1)}\` instead, which only TypeScript checks`,
    );
  }
  if (relative !== undefined) {
    return new Refusal(
      'IMPORT',
      `it imports '${relative}', a path that means nothing on a worker`,
      'import it at the top of the file, so that what is used of it is captured',
    );
  }
  return undefined;
}

/** An arrow function takes `this` from the code around it, where nobody can read it. */
function refuseThis(text: string): Refusal {
  const used = Array.from(text.matchAll(/\bthis\s*\??\.\s*(#?[\w$]+)\s*(\(?)/g), ([, name = '', call = '']) => ({
    name,
    isCalled: call !== '',
  }));
  const names = [...new Set(used.map(({ name }) => name))];
  const what = `it is an arrow function that uses 'this' of the code around it${names.length === 0 ? '' : `, for this.${names.join(', this.')}`}`;
  // A method that is taken off its object loses `this`, and a private name cannot be taken apart.
  const canBeTakenApart = names.length > 0 && used.every(({ name, isCalled }) => !isCalled && !name.startsWith('#'));
  const fix = canBeTakenApart
    ? `write \`const { ${names.join(', ')} } = this\` before it and use ${names.length === 1 ? 'that variable' : 'those variables'}`
    : 'read what it needs of this into variables before it; or write `const self = this` and use self, which sends the whole object';
  return new Refusal('THIS', what, fix);
}
