import { Refusal } from '../values/refusal.js';
import type { Analysis } from './analyze.js';

/** The refusal for what a function uses of its surroundings without a name, which nobody can read. */
export function refuseSurroundings(analysis: Analysis): Refusal | undefined {
  const { surroundings, dynamicImports } = analysis;
  const relative = dynamicImports.find((specifier) => specifier !== undefined && /^\.{1,2}\//.test(specifier));
  if (surroundings.outerThis || surroundings.outerNewTarget) {
    return new Refusal(
      'THIS',
      `it is an arrow function that uses '${surroundings.outerThis ? 'this' : 'new.target'}' of the surrounding code`,
      'write `const self = this` before it and use self',
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
      'send an instance of the class, or use a public name',
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
