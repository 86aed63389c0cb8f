import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Lets this thread's collector run to its end. What is shared with other threads is free once theirs have run as well.
 *
 * Node hands its collector out to programs that were started with a flag; V8 takes the flag later as well.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
