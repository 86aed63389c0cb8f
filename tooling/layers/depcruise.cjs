/**
 * Turns `layers.json` and the manifests into import rules: what a layer does not list, it may not import; an app may
 * import what its `package.json` lists; nobody reaches behind the `exports` of a package.
 */
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const layers = require('./layers.json');
const root = join(__dirname, '..', '..');

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
const foldersIn = (parent) =>
  readdirSync(join(root, parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')));

const packageFolders = foldersIn('packages');
const appFolders = foldersIn('apps');
const folderOf = new Map([...packageFolders, ...appFolders].map((folder) => [manifestOf(folder).name, folder]));

const layerRules = Object.entries(layers).map(([name, { uses }]) => ({
  name: `layer-${name}`,
  severity: 'error',
  comment: `@grid/${name} may use only: ${uses.join(', ') || 'nothing'}. See tooling/layers/layers.json.`,
  from: { path: `^packages/${name}/src/` },
  to: {
    path: '^(packages|apps)/([^/]+)/',
    pathNot: [`^packages/${name}/`, ...uses.map((used) => `^packages/${used}/src/`)],
  },
}));

const appRules = appFolders.map((folder) => {
  const { name, dependencies = {} } = manifestOf(folder);
  const used = Object.keys(dependencies).flatMap((dependency) => folderOf.get(dependency) ?? []);
  return {
    name: `app-${name.replace('@grid/', '')}`,
    severity: 'error',
    comment: `${name} may use only what its package.json lists.`,
    from: { path: `^${folder}/src/`, pathNot: '\\.test\\.ts$' },
    to: { path: '^(packages|apps)/([^/]+)/', pathNot: [`^${folder}/`, ...used.map((other) => `^${other}/src/`)] },
  };
});

/** The sources behind the `exports` of all packages: the only doors. */
const doors = [...folderOf.values()].flatMap((folder) =>
  Object.values(manifestOf(folder).exports ?? {}).flatMap((target) => {
    const source = target['@grid/source'];
    return source === undefined ? [] : [`^${escape(join(folder, source))}$`];
  }),
);

module.exports = {
  forbidden: [
    ...layerRules,
    ...appRules,
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Put the shared idea in a file of its own.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-cycles-by-type',
      severity: 'error',
      comment: 'Harmless when it runs, but nobody can understand one file without the other: give the type a file.',
      from: {},
      to: { circular: true, via: { dependencyTypes: ['type-only'] } },
    },
    {
      name: 'core-does-no-io',
      severity: 'error',
      comment: 'Return an instruction and let src/shell do it.',
      from: { path: '^packages/[^/]+/src/core/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-knows-no-shell',
      severity: 'error',
      comment: 'A core may be used from anywhere; it uses only the words of its package.',
      from: { path: '^packages/([^/]+)/src/core/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/$1/src/', pathNot: '^packages/$1/src/(core/|errors\\.ts$|options\\.ts$)' },
    },
    {
      name: 'core-imports-vocabulary-only',
      severity: 'error',
      comment: 'Of other packages, a core may use common, graph and protocol.',
      from: { path: '^packages/[^/]+/src/core/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^packages/(?!(common|graph|protocol)/)[^/]+/',
        pathNot: '^packages/[^/]+/src/(core/|errors\\.ts$|options\\.ts$)',
      },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'Import the package, or a path its exports list.',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/(?!$2/)[^/]+/src/', pathNot: doors },
    },
    {
      name: 'no-deep-imports-from-outside',
      severity: 'error',
      comment: 'Tests of the whole and benchmarks use what users use.',
      from: { path: '^(tests|benchmarks)/' },
      to: { path: '^(packages|apps)/[^/]+/src/', pathNot: doors },
    },
    {
      name: 'nobody-imports-its-own-index',
      severity: 'error',
      comment: 'Import the file that has the thing; index.ts is for other packages.',
      from: { path: '^(packages|apps)/([^/]+)/src/', pathNot: '\\.test(-d)?\\.ts$' },
      to: { path: '^(packages|apps)/$2/src/index\\.ts$' },
    },
    {
      name: 'no-test-code-in-src',
      severity: 'error',
      comment: 'Only tests, testing/ and compliance/ may know the test tools.',
      from: { path: '/src/', pathNot: ['/(compliance|testing)/', '\\.test\\.ts$'] },
      to: { path: 'node_modules/(@jest|jest|fast-check|@fast-check)' },
    },
    {
      name: 'not-unresolvable',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@grid/source', 'import', 'types', 'node', 'default'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|temp|python|dask)/' },
  },
};
