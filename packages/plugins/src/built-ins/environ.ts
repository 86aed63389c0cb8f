import type { CreateBuiltIn } from '../built-in.js';
import { OptionReader } from './read-options.js';

/** Takes variables for the environment of workers to come; `null` takes them back. */
export type SetEnvironment = (id: string, variables: Readonly<Record<string, string>> | null) => void;

/** What an operating system takes as the name of a variable. */
const NAME = /^[^=\0]+$/;

/** Variables for the environment of workers: `env`, texts by name. */
export function environ(set: SetEnvironment): CreateBuiltIn {
  return (options, { id }) => {
    const reader = new OptionReader('Environ', options);
    const variables = reader.textsByName('env');
    for (const [name, value] of Object.entries(variables)) {
      if (!NAME.test(name) || value.includes('\0')) throw reader.bad('env', 'an environment');
    }
    return {
      setup: () => set(id, variables),
      teardown: () => set(id, null),
    };
  };
}
