import { numberOf, type Case } from './case.js';
import { judge, judgeError } from './judge.js';
import { openWorld, type Connection, type Library, type World } from './world.js';

/** What came of one case. */
export interface Outcome {
  readonly number: number;
  readonly title: string;
  /** Empty if all is as it should be. */
  readonly problem: string;
}

/** How cases are driven. */
export interface Order {
  readonly connection: Connection;
  /** Who captures what the cases submit: this program, or a task that gets it from this program. */
  readonly who: 'program' | 'task';
}

/** Runs the cases one after the other. */
export async function drive(lib: Library, { connection, who }: Order, cases: readonly Case[]): Promise<Outcome[]> {
  const world = await openWorld(lib, connection);
  const outcomes: Outcome[] = [];
  try {
    for (const item of cases) {
      const problem = who === 'program' ? await judge(world, item) : await judgeInTask(world, item);
      outcomes.push({ number: numberOf(item), title: item.title, problem });
    }
  } finally {
    await world.client.close();
  }
  return outcomes;
}

/** Sends the whole case to a task, which submits its function. Errors are judged here, where they end up. */
async function judgeInTask({ client, connection }: World, item: Case): Promise<string> {
  try {
    using future = client.submit(runCase, [item, connection], { workers: connection.relay, pure: false });
    return await future.result({ timeout: '60s' });
  } catch (error) {
    return judgeError(item, error, connection);
  }
}

async function runCase(item: Case, connection: Connection): Promise<string> {
  const world = await worldOfWorker(connection);
  if (item.thrown !== undefined) await world.call(item.fn, ...(item.args ?? []));
  return judge(world, item);
}

/** A worker keeps the functions that it has restored, and so what they keep. */
let world: World | undefined;

async function worldOfWorker(connection: Connection): Promise<World> {
  if (world === undefined) {
    const client = await import('@grid/client');
    const protocol = await import('@grid/protocol');
    world = await openWorld({ client, protocol }, connection);
  }
  return world;
}
