import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { LogTail } from './log-tail.js';

describe('LogTail', () => {
  it('puts lines together again, wherever they were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{0,5}$/)),
        fc.array(fc.integer({ min: 1, max: 7 })),
        (lines, cuts) => {
          const tail = new LogTail(1000);
          const reader = tail.reader();
          let text = lines.map((line) => `${line}\n`).join('');
          for (const cut of cuts) {
            reader.read(text.slice(0, cut));
            text = text.slice(cut);
          }
          reader.read(text);
          reader.flush();
          expect(tail.lines).toEqual(lines);
        },
      ),
    );
  });

  it('keeps what was printed last without an end of line', () => {
    const tail = new LogTail(10);
    const reader = tail.reader();
    reader.read('one\ntw');
    reader.flush();
    reader.read('three\n');
    expect(tail.lines).toEqual(['one', 'tw', 'three']);
  });

  it('keeps within its bounds, whatever is printed', () => {
    const tail = new LogTail(100);
    const reader = tail.reader();
    for (let index = 0; index < 1000; index += 1) reader.read(`${String(index)}\n`);
    expect(tail.lines.length).toBeLessThanOrEqual(100);
    expect(tail.lines.length).toBeGreaterThanOrEqual(90);
    expect(tail.lines.at(-1)).toBe('999');
    for (let index = 0; index < 100; index += 1) reader.read('x'.repeat(10_000));
    reader.flush();
    expect(tail.lines.at(-1)?.length).toBe(8192);
  });
});
