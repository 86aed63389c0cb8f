import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeBinary } from '@grid/node-versions';
import { mapAtOnce } from './at-once.js';
import { NODES, type NodeMajor } from './setup.js';
import { processCases, type ProcessCase } from '../processes/processes.js';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** What came of one process on one Node. */
export interface ProcessOutcome {
  readonly title: string;
  readonly node: NodeMajor;
  readonly problem: string;
}

/** The program `node` of a major version: this one's, or another. */
export function nodeProgram(major: NodeMajor): string {
  return major === 20 ? process.execPath : nodeBinary(major);
}

/** Runs each process on each Node. */
export async function runProcesses(folder: string): Promise<ProcessOutcome[]> {
  const runs = processCases.flatMap((item) => NODES.map((node) => ({ item, node })));
  const problems = await mapAtOnce(runs, async ({ item, node }) => problemOf(item, node, folder));
  return runs.map(({ item, node }, i) => ({ title: item.title, node, problem: problems[i] as string }));
}

async function problemOf(item: ProcessCase, node: NodeMajor, folder: string): Promise<string> {
  const file = join(folder, `${item.file}.mjs`);
  // The debugger needs a WebSocket, which Node 20 has not.
  const [program, args] = item.isDebugged
    ? [nodeBinary(22), [join(folder, 'debugger.mjs'), nodeProgram(node), file]]
    : [nodeProgram(node), [...item.flags(node), '--no-warnings', file]];
  const { NODE_OPTIONS: _ours, ...env } = process.env;
  const { stdout } = await run(program, args, { cwd: folder, env, timeout: TIMEOUT_MS });
  return (JSON.parse(stdout) as { problem: string }).problem;
}
