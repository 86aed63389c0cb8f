import type { OutputSource } from '@grid/protocol';

import { taskContextStorage } from './task-context.js';

type Stream = 'stdout' | 'stderr';

/** How often it was asked for, and what takes it back. */
let users = 0;
let restore: (() => void) | undefined;

/**
 * Has tasks of this thread told of what they write to `process.stdout` and `process.stderr`, which is where the console
 * writes to. It is written there all the same.
 *
 * @returns What ends it; threads of one process that are none have it in common.
 */
export function captureConsole(): () => void {
  if (users === 0)
    restore = listenTo(
      'stdout',
      listenTo('stderr', () => undefined),
    );
  users += 1;
  let isEnded = false;
  return () => {
    if (isEnded) return;
    isEnded = true;
    users -= 1;
    if (users === 0) restore?.();
  };
}

function listenTo(name: Stream, before: () => void): () => void {
  const stream = process[name];
  const storage = taskContextStorage();
  const original = Object.getOwnPropertyDescriptor(stream, 'write');
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const listening = (...args: unknown[]): boolean => {
    const context = storage.getStore();
    if (context !== undefined) tell(name, args, (source, text) => context.write(source, text));
    return write(...args);
  };
  stream.write = listening;
  return () => {
    before();
    // Somebody else may have put something around it meanwhile.
    if (stream.write !== listening) return;
    if (original === undefined) Reflect.deleteProperty(stream, 'write');
    else Object.defineProperty(stream, 'write', original);
  };
}

function tell(
  source: OutputSource,
  args: readonly unknown[],
  write: (source: OutputSource, text: string) => void,
): void {
  const [chunk, encoding] = args;
  if (typeof chunk === 'string') {
    const isText = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding) || !Buffer.isEncoding(encoding);
    write(source, isText ? chunk : Buffer.from(chunk, encoding).toString());
  } else if (ArrayBuffer.isView(chunk)) {
    write(source, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString());
  }
  // Anything else the stream itself refuses.
}
