import { Presets, SingleBar } from 'cli-progress';

/** Tells a person how far a run is. */
export interface Progress extends Disposable {
  advance(): void;
}

/**
 * A bar that moves on a terminal; elsewhere one line at the start, since a log file is no place for animation.
 *
 * @param stream - Usually stderr, so that stdout holds the result alone.
 */
export function createProgress(total: number, what: string, stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) {
    stream.write(`${what}: ${total} tasks\n`);
    return { advance: () => undefined, [Symbol.dispose]: () => undefined };
  }
  const bar = new SingleBar(
    { stream, format: `${what} {bar} {value}/{total}`, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { advance: () => bar.increment(), [Symbol.dispose]: () => bar.stop() };
}
