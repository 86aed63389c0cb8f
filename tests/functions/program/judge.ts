import { inspect, isDeepStrictEqual } from 'node:util';
import type { Case } from './case.js';
import type { Connection, World } from './world.js';

/** Runs a case. What is wrong, or nothing. */
export async function judge(world: World, item: Case): Promise<string> {
  try {
    if (item.run !== undefined) {
      await item.run(world);
      return '';
    }
    return await judgeResult(item, await world.call(item.fn, ...(item.args ?? [])));
  } catch (error) {
    return judgeError(item, error, world.connection);
  }
}

async function judgeResult(item: Case, result: unknown): Promise<string> {
  if (item.refused !== undefined && !('expect' in item))
    return `runs and gives ${inspect(result)}, though it should be refused`;
  if (item.thrown !== undefined) return 'throws nothing';
  const holds = item.check === undefined ? isDeepStrictEqual(result, item.expect) : await item.check(result as never);
  return holds === true ? '' : `gives ${inspect(result)}${item.check ? '' : ` and not ${inspect(item.expect)}`}`;
}

/** What is wrong with an error, if it is not the one to expect. */
export function judgeError({ refused, says, thrown }: Case, error: unknown, connection: Connection): string {
  const { message = inspect(error), stack, details } = (error ?? {}) as Error & { details?: { reason?: unknown } };
  if (thrown !== undefined)
    return details === undefined && thrown(error as Error, connection) === true ? '' : String(stack);
  if (refused === undefined || details?.reason !== refused) return message;
  return says === undefined || says.test(message) ? '' : message;
}
