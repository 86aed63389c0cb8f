import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type * as Library from '../../src/index.js';
import type { Case } from './fixtures/case.js';

/** What came of one case. */
export interface Outcome {
  readonly title: string;
  /** Empty if all is as it should be. */
  readonly problem: string;
}

interface Reply {
  readonly result?: Library.Payload;
  readonly thrown?: Library.Payload;
}

/** Captures each case here, runs it in another process, and compares. */
export async function driveCases(lib: typeof Library, workerFile: string, cases: readonly Case[]): Promise<Outcome[]> {
  const child = fork(workerFile, [], { serialization: 'advanced', execArgv: [] });
  const encoder = new lib.FunctionEncoder();
  const decoder = new lib.FunctionDecoder({ root: process.cwd() });
  const outcomes: Outcome[] = [];
  try {
    for (const item of cases)
      outcomes.push({ title: item.title, problem: await problemOf(lib, { encoder, decoder, child }, item) });
    return outcomes;
  } finally {
    encoder.close();
    child.kill();
    await once(child, 'exit');
  }
}

interface Tools {
  readonly encoder: Library.FunctionEncoder;
  readonly decoder: Library.FunctionDecoder;
  readonly child: ChildProcess;
}

async function problemOf(lib: typeof Library, tools: Tools, item: Case): Promise<string> {
  const { encoder, decoder } = tools;
  let sent: { fn: Library.FunctionPayload; args: Library.Payload };
  try {
    const args = lib.encodeValue(item.args ?? [], { code: encoder, rootName: 'args' });
    sent = { fn: encoder.capture(item.fn as Library.CallableValue, item.options ?? {}), args };
  } catch (error) {
    if (item.error !== undefined && reasonOf(error) === item.error)
      return item.text?.test(String(error)) === false ? `text: ${String(error)}` : '';
    return `capture: ${String((error as Error).stack)}`;
  }
  if (item.error !== undefined && !item.error.startsWith('worker:'))
    return `captured, though ${item.error} was expected`;
  const reply = await ask(tools.child, sent);
  if (reply.thrown !== undefined) {
    await decoder.prepare(reply.thrown);
    const thrown = lib.decodeError(reply.thrown, {
      code: decoder,
      mapStack: (stack) => encoder.mapStack(stack),
    }) as Error;
    if (item.checkThrown !== undefined) return item.checkThrown(thrown) ? '' : `thrown: ${thrown.stack}`;
    return `worker: ${String(thrown?.stack ?? thrown)}`;
  }
  if (item.checkThrown !== undefined) return 'it did not throw';
  await decoder.prepare(reply.result as Library.Payload);
  const result = lib.decodeValue(reply.result as Library.Payload, { code: decoder });
  if (item.check !== undefined) return (await item.check(result as never)) ? '' : `result: ${JSON.stringify(result)}`;
  return isDeepStrictEqual(result, item.expect)
    ? ''
    : `result: ${JSON.stringify(result)} and not ${JSON.stringify(item.expect)}`;
}

async function ask(child: ChildProcess, message: object): Promise<Reply> {
  child.send(message);
  const [reply] = (await once(child, 'message', { signal: AbortSignal.timeout(20_000) })) as [Reply];
  return reply;
}

function reasonOf(error: unknown): unknown {
  return (error as { details?: { reason?: unknown } }).details?.reason;
}
