import { AsyncLocalStorage } from 'node:async_hooks';

import { ClientError } from '../errors.js';
import { getTask, type TaskContext } from '../task/task-context.js';
import { TaskPlace } from './task-place.js';
import type { MeetingPlace } from './place.js';

/** Anything that a meeting place was registered for: a client. */
export type PlaceOwner = object;

const places = new WeakMap<PlaceOwner, MeetingPlace>();
/** Open clients of this process, the latest last. */
const open = new Set<PlaceOwner>();
/** The client of this code, where somebody has said so; made when somebody first does. */
let current: AsyncLocalStorage<PlaceOwner> | undefined;
const ofTasks = new WeakMap<TaskContext, MeetingPlace>();

/** Makes a client's place known; unless the client is one of tasks, it is the one that is found, until it is closed. */
export function registerPlace(owner: PlaceOwner, place: MeetingPlace, isOfTasks: boolean): void {
  places.set(owner, place);
  if (!isOfTasks) open.add(owner);
}

export function unregisterPlace(owner: PlaceOwner): void {
  open.delete(owner);
}

/** Does `work` with `owner` as the client that is found, also behind its awaits. */
export function withOwner<T>(owner: PlaceOwner, work: () => T): T {
  current ??= new AsyncLocalStorage();
  return current.run(owner, work);
}

/**
 * The client that this code was given by {@link withOwner}, or else the one that was connected last, as long as it is open.
 *
 * @throws {@link ClientError} `GRID_CLIENT_NO_CLIENT`.
 */
export function currentOwner(): PlaceOwner {
  const given = current?.getStore();
  const owner = given ?? [...open].at(-1);
  if (owner !== undefined && open.has(owner)) return owner;
  const text = getTask() === undefined ? 'connect one, or use this within a task' : "in tasks it is 'getClient()'";
  const what = given === undefined ? 'there is no client here' : 'the client that was given to this code is closed';
  throw new ClientError('GRID_CLIENT_NO_CLIENT', `${what}: ${text}`);
}

/**
 * The place of `client`; without one, that of the task which this code runs in, or else of the client that {@link currentOwner}
 * finds.
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
  // It is open, so it has a place.
  return places.get(currentOwner()) as MeetingPlace;
}

function placeOfTask(task: TaskContext): MeetingPlace {
  const known = ofTasks.get(task);
  if (known !== undefined) return known;
  const place = new TaskPlace(task);
  ofTasks.set(task, place);
  return place;
}
