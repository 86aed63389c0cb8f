import type { Files } from './setup.js';

function fixturePackage(folder: string, name: string, version: string): Files {
  const root = `${folder}node_modules/${name}`;
  return {
    [`${root}/package.json`]: JSON.stringify({ name, version, main: 'index.cjs' }),
    [`${root}/index.cjs`]: 'exports.triple = (x) => x * 3;\n',
  };
}

/** Packages that lie beside the program: cases take them away, change them, or compare two versions. */
export const fixturePackages: Files = {
  ...fixturePackage('', 'vanishing', '1.0.0'),
  ...fixturePackage('', 'changing', '1.0.0'),
  ...fixturePackage('versioned-1/', 'versioned', '1.0.0'),
  ...fixturePackage('versioned-2/', 'versioned', '1.1.0'),
};
