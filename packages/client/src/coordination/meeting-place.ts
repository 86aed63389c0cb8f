import { ClientError } from '../errors.js';
import { getTask, type TaskContext } from '../task/task-context.js';
import { CallTable } from './call-table.js';
import type { HeldValue } from './held-value.js';
import { Subscriptions } from './subscriptions.js';

/** How this code reaches the names that it shares with others: over a client, or over the worker of the task it is. */
export interface MeetingPlace {
  readonly calls: CallTable;
  readonly subscriptions: Subscriptions;
  encode(value: unknown, what: string): HeldValue;
  /** Brings a value to life that came with the answer to `call`. */
  decode(value: HeldValue): Promise<unknown>;
}

/** Anything that a meeting place was registered for: a client. */
export type PlaceOwner = object;

const places = new WeakMap<PlaceOwner, MeetingPlace>();
/** Open clients of this process, the latest last. */
const open = new Set<PlaceOwner>();
const ofTasks = new WeakMap<TaskContext, MeetingPlace>();

/** Makes a client's place known; unless the client is one of tasks, it is the one that is found, until it is closed. */
export function registerPlace(owner: PlaceOwner, place: MeetingPlace, isOfTasks: boolean): void {
  places.set(owner, place);
  if (!isOfTasks) open.add(owner);
}

export function unregisterPlace(owner: PlaceOwner): void {
  open.delete(owner);
}

/**
 * The place of `client`; without one, that of the task which this code runs in, or else of the client that was connected
 * last.
 *
 * @throws {@link ClientError} `GRID_CLIENT_NO_CLIENT`.
 */
export function findPlace(client: PlaceOwner | undefined): MeetingPlace {
  if (client !== undefined) {
    const place = places.get(client);
    if (place !== undefined) return place;
    throw new ClientError('GRID_CLIENT_NO_CLIENT', 'what was given as the client is none');
  }
  const task = getTask();
  if (task?.openLine !== undefined) return placeOfTask(task);
  const last = [...open].at(-1);
  const place = last === undefined ? undefined : places.get(last);
  if (place !== undefined) return place;
  throw new ClientError('GRID_CLIENT_NO_CLIENT', 'there is no client here: connect one, or use this within a task');
}

function placeOfTask(task: TaskContext): MeetingPlace {
  const known = ofTasks.get(task);
  if (known !== undefined) return known;
  const line = task.openLine((message) => calls.receive(message));
  const calls: CallTable = new CallTable((message) => line.send(message));
  const decode = async ({ payload, keys }: HeldValue): Promise<unknown> => {
    if (keys.length === 0) return line.decode(payload);
    throw new ClientError(
      'GRID_CLIENT_FOREIGN_FUTURE',
      `a task cannot take a value with futures in it (${keys.slice(0, 3).join(', ')}); take it at a client`,
    );
  };
  const place: MeetingPlace = {
    calls,
    subscriptions: new Subscriptions(calls, decode),
    encode: (value) => ({ payload: line.encode(value), keys: [] }),
    decode,
  };
  ofTasks.set(task, place);
  return place;
}
