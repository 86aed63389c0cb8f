import { describe, expect, it } from '@jest/globals';

import { LogRing, type KeptLine } from './log-ring.js';
import { nullLogger, type Logger } from './logger.js';

function ring(linesMax?: number): LogRing {
  let now = 0;
  return new LogRing({ now: () => (now += 1) }, linesMax);
}

describe('a ring of log lines', () => {
  it('keeps what is logged, with the facts of children, and writes it where it went before', () => {
    const written: unknown[] = [];
    const target: Logger = { ...nullLogger, warn: (...line) => void written.push(line), child: () => target };
    const kept = ring();
    const logger = kept.watch(target);
    logger.warn({}, 'one');
    logger.child({ worker: 'w' }).warn({ count: 2 }, 'two');
    expect(written).toEqual([
      [{}, 'one'],
      [{ count: 2 }, 'two'],
    ]);
    expect(kept.last()).toEqual([
      { at: 1, source: 'warn', text: 'one', fields: '' },
      { at: 2, source: 'warn', text: 'two', fields: '{"worker":"w","count":2}' },
    ]);
  });

  it('keeps no more than so many lines, the last ones, and no debug', () => {
    const kept = ring(10);
    const logger = kept.watch(nullLogger);
    for (let line = 0; line < 95; line += 1) {
      logger.info({}, String(line));
      logger.debug({}, 'x');
    }
    const texts = kept.last().map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 10 }, (_, row) => String(85 + row)));
    expect(kept.last(2).map(({ text }) => text)).toEqual(['93', '94']);
  });

  it('bounds each line, and takes facts that are no JSON', () => {
    const kept = ring();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    kept.add('stderr', 'x'.repeat(1e5), { long: 'y'.repeat(1e5) });
    kept.add('info', '', { big: 1n, error: new RangeError('no'), circle });
    kept.add('info', '', { big: 1n, error: new RangeError('no') });
    const [long, round, odd] = kept.last();
    expect(long?.text).toHaveLength(8192);
    expect(long?.fields.length).toBeLessThan(4096);
    expect(JSON.parse(long?.fields ?? '')).toHaveProperty('cut');
    expect(JSON.parse(round?.fields ?? '')).toHaveProperty('unreadable');
    expect(JSON.parse(odd?.fields ?? '')).toEqual({ big: '1', error: 'no' });
  });

  it('keeps, and gives, no more than so many characters', () => {
    const kept = ring();
    for (let line = 0; line < 1000; line += 1) kept.add('info', String(line).padEnd(8192, '.'));
    const lines = kept.last();
    expect(lines.length * 8192).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(lines.length).toBeGreaterThan(400);
    expect(lines.at(-1)?.text).toMatch(/^999\./);
    expect(kept.last(0, 20_000)).toHaveLength(2);
    expect(kept.last(1, 20_000)).toHaveLength(1);
    expect(kept.last(5000)).toHaveLength(lines.length);
  });

  it('tells who listens, from a level on, until that is ended', () => {
    const kept = ring();
    const logger = kept.watch(nullLogger);
    const heard: KeptLine[] = [];
    const hear = (line: KeptLine): void => void heard.push(line);
    kept.listen('warn', hear);
    logger.info({}, 'a');
    logger.error({}, 'b');
    kept.add('stdout', 'c');
    kept.listen('debug', hear);
    logger.debug({}, 'd');
    kept.listen(null, hear);
    logger.error({}, 'e');
    expect(heard.map(({ text }) => text)).toEqual(['b', 'd']);
  });
});
