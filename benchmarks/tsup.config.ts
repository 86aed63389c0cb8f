import { preset } from '../tooling/tsup/preset.ts';

export default preset({
  extraEntries: ['src/main.ts', 'src/children/echo.ts', 'src/children/first-result.ts', 'src/children/heap-probe.ts'],
});
