import { integration } from '../../tooling/jest/preset.js';

export default { ...integration, testMatch: ['<rootDir>/*.test.ts'], modulePathIgnorePatterns: ['<rootDir>/temp'] };
