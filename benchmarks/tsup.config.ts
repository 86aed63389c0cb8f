import { preset } from '../tooling/tsup/preset.ts';

const CHILDREN = ['echo', 'first-result', 'heap-probe', 'many-workers'];

export default preset({ extraEntries: ['src/main.ts', ...CHILDREN.map((name) => `src/children/${name}.ts`)] });
