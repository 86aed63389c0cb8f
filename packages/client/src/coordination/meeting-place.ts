import { ClientError } from '../errors.js';
import { getTask, type TaskContext } from '../task/task-context.js';
import { TaskPlace } from './task-place.js';
import type { MeetingPlace } from './place.js';

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
  const place = new TaskPlace(task);
  ofTasks.set(task, place);
  return place;
}
