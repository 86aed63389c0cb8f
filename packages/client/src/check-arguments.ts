import { inspect } from 'node:util';

import { problemWithOptions, type OptionNames } from '@grid/common';

import { ClientError } from './errors.js';

/** Types keep these mistakes out of TypeScript; programs without them hear of them here, before anything is sent. */
export function badArgument(wanted: string, value: unknown): ClientError {
  const shown = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 40, maxArrayLength: 3 });
  return new ClientError('GRID_CLIENT_BAD_ARGUMENT', `${wanted}; this is ${shown}`);
}

/** What an option, or what something is made with, has to be. */
export function badOption(option: string, value: unknown, expected: string): ClientError {
  return new ClientError('GRID_CLIENT_BAD_OPTION', `option ${option} is ${String(value)}; it must be ${expected}`, {
    details: { option },
  });
}

/** @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for options that there are not */
export function checkOptionNames<Options extends object>(options: Options, names: OptionNames<Options>): void {
  const problem = problemWithOptions(options, names);
  if (problem !== null) throw new ClientError('GRID_CLIENT_BAD_OPTION', problem);
}

/** Workers that a user names: all of them, in an array. */
export function checkWorkers(workers: string | readonly string[]): readonly string[] {
  const places = typeof workers === 'string' ? [workers] : workers;
  if (Array.isArray(places) && places.every((place) => typeof place === 'string')) return places;
  throw badOption('workers', inspect(workers, { depth: 0 }), 'an address, a name or a host, or an array of these');
}

/** A name that a user chose. */
export function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  throw badOption('name', name === '' ? 'empty' : name, 'a text; leave it out for one that nobody else has');
}

/** What is to run as a task. A class is made into an actor, or it is what a function makes its result of. */
export function refuseClass({ name, isClass }: { readonly name: string; readonly isClass: boolean }): void {
  if (!isClass) return;
  throw new ClientError(
    'GRID_CLIENT_BAD_ARGUMENT',
    `${name} is a class, which is no function to call: submit it with { actor: true } for an object that stays on its ` +
      `worker, or submit (...args) => new ${name}(...args) for one that is a result`,
    { details: { name } },
  );
}

/** The arguments of one task. */
export function checkArguments(args: unknown): asserts args is readonly unknown[] {
  if (!Array.isArray(args)) throw badArgument('the arguments of a task are an array, as in `submit(fn, [1, 2])`', args);
}

/** What a map goes over. */
export function checkItems<Item>(items: Iterable<Item>): Iterable<Item> {
  if (typeof (items as Partial<Iterable<Item>> | null | undefined)?.[Symbol.iterator] === 'function') return items;
  throw badArgument('a map goes over an array or another iterable', items);
}
