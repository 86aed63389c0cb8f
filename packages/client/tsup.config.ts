import { lean } from '../../tooling/tsup/lean.ts';
import { preset } from '../../tooling/tsup/preset.ts';

export default { ...preset(), ...lean };
