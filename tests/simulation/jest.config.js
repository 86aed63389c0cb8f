export { integration as default } from '../../tooling/jest/preset.js';
