import { isOwnPackage, kindOfFile, TASK_SCHEME } from './file-kinds.js';

/** Whose code a line of a stack belongs to. */
type FrameOwner =
  /** No frame, but a line of the message. */
  | 'none'
  /** The user, or a package that the user chose. */
  | 'user'
  /** This library. */
  | 'grid'
  /** What Node runs between two turns of its event loop. */
  | 'loop'
  /** Node, or the language itself. */
  | 'runtime';

const FRAME = /^\s+at /;
const PLACE = /\(?((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/;
const LOOP = /^node:(?:async_hooks|internal\/(?:async_hooks|async_local_storage|process|timers))\b/;
const GRID_CODE = /^[^\n]*\[GRID_[A-Z_]+\]/;

/**
 * Takes out of a stack what says nothing to a user: frames of this library, of the event loop, and of whoever called the
 * outermost function of the user. A stack of nothing else stays as it is, unless the error is one of this library, whose
 * text says all there is to say.
 */
export function withoutOwnFrames(stack: string): string {
  const lines = stack.split('\n');
  const owners = lines.map(ownerOf);
  const last = owners.lastIndexOf('user');
  if (last < 0 && !GRID_CODE.test(stack)) return stack;
  const isKept = (owner: FrameOwner, i: number): boolean => {
    return owner === 'none' || owner === 'user' || (owner === 'runtime' && i < last);
  };
  return lines.filter((_, i) => isKept(owners[i] as FrameOwner, i)).join('\n');
}

function ownerOf(line: string): FrameOwner {
  if (!FRAME.test(line)) return 'none';
  if (line.includes(`${TASK_SCHEME}/`)) return 'user';
  const url = PLACE.exec(line.trim())?.[1];
  if (url === undefined) return 'runtime';
  if (LOOP.test(url)) return 'loop';
  const kind = kindOfFile(url);
  if (kind.type === 'node') return 'runtime';
  return kind.type === 'package' && isOwnPackage(kind.info.name) ? 'grid' : 'user';
}
