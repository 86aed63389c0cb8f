import { integration } from '../../tooling/jest/preset.js';

/** Real processes come and go: what is bounded by seconds on a machine of one's own takes longer beside others. */
export default { ...integration, testTimeout: 60_000 };
