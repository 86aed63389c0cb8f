import { preset } from '../../tooling/tsup/preset.ts';

export default preset({ extraEntries: ['src/main.ts', 'src/plants/statements/hooks.ts'] });
