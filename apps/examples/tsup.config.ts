import { preset } from '../../tooling/tsup/preset.ts';

export default preset({
  extraEntries: ['src/flights/main.ts', 'src/word-count/main.ts', 'src/scheduler-restart/main.ts'],
});
