import { installHost } from './host/install-host.js';

installHost();
// Only now: what is loaded from here on lives in simulated time.
const { runCommand } = await import('./command.js');
process.exitCode = await runCommand(process.argv.slice(2));
