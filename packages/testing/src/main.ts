import { register } from 'node:module';

import { installHost } from './host/install-host.js';
import { statementDesk } from './plants/statements/statement-desk.js';

// Statements of the cores can be left out; that costs time, and is of no use otherwise.
if (process.argv.includes('--planted')) register('./plants/statements/hooks.js', import.meta.url);
statementDesk();
installHost();
// Only now: what is loaded from here on lives in simulated time.
const { runCommand } = await import('./command.js');
process.exitCode = await runCommand(process.argv.slice(2));
