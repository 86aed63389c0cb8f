import { readFileSync, writeFileSync } from 'node:fs';
import { allCases } from './cases/all-cases.js';
import { keysOfThisProcess } from './cases/keys.js';
import { drive, type Order } from './drive.js';
import type { Library } from './world.js';

/** What a program is asked for: all cases, or only the keys that its tasks would have. */
export interface Request extends Order {
  readonly only: 'cases' | 'keys';
  /** Where to write what came of it. */
  readonly answer: string;
}

/** Does what the file says that the environment names. */
export async function runProgram(lib: Library): Promise<void> {
  const request = JSON.parse(readFileSync(String(process.env['GRID_CASES_REQUEST']), 'utf8')) as Request;
  const keys = keysOfThisProcess(lib);
  const answer = request.only === 'keys' ? keys : { keys, outcomes: await drive(lib, request, allCases) };
  writeFileSync(request.answer, JSON.stringify(answer));
}
