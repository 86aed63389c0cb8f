import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { onExit } from './on-exit.mjs';

/** No step takes a third of it on two cores, so that a busy machine has time as well; one that takes longer hangs. */
const deadlineMs = 20 * 60_000;

const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/** Runs one step to its end and counts what it says. Never rejects. */
export async function runStep(step) {
  const started = Date.now();
  const countsFile = `temp/verify/${step.name}.json`;
  rmSync(countsFile, { force: true });
  const command = step.jest ? [...step.command, '--json', `--outputFile=${countsFile}`] : step.command;
  const { code, output } = await runCommand(command, step.jest ? { NODE_OPTIONS: nodeOptions } : {});
  const counts = step.jest ? countsOfJest(countsFile) : countsOfLastLine(output);
  const { passed, failed } = counts ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  // A step may fail without a failing test: no test found, a leak, a crash.
  return {
    name: step.name,
    passed,
    failed: failed + (failed === 0 && code !== 0 ? 1 : 0),
    millis: Date.now() - started,
    output,
  };
}

function runCommand([file, ...args], env) {
  return new Promise((resolve) => {
    // A group of its own, so that whatever the step has started ends with it.
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    // Jest's report of --json goes to a file; what it says on stderr is for people.
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const kill = () => killGroup(child.pid);
    const forget = onExit(kill);
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\nstill running after ${deadlineMs / 60_000} minutes: stopped\n`));
      kill();
    }, deadlineMs);
    const end = (code, note = '') => {
      clearTimeout(timer);
      forget();
      kill();
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') + note });
    };
    child.on('error', (error) => end(1, `${error.message}\n`));
    child.on('exit', (code) => setImmediate(() => end(code ?? 1)));
  });
}

function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left, which is what was asked for.
  }
}

function countsOfJest(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 }; // No report: jest itself did not get to its end.
  }
}

function countsOfLastLine(output) {
  const match = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(output);
  return match === null ? undefined : { passed: Number(match[1]), failed: Number(match[2]) };
}
