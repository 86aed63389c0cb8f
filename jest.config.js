import { existsSync, readdirSync } from 'node:fs';

const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url))
    .filter((name) => existsSync(new URL(`${parent}/${name}/jest.config.js`, import.meta.url)))
    .map((name) => `<rootDir>/${parent}/${name}`),
);

/** The unit tests of all packages and tools in one run. The first test of a file waits until its modules are compiled. */
export default { projects: [...folders, '<rootDir>/tooling'], testTimeout: 20_000 };
