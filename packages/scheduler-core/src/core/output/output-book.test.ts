import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OutputBook, type OutputEntry } from './output-book.js';

const entry = (text: string): OutputEntry => ({ at: 1, worker: 'tcp://w', source: 0, text });
const textsOf = (book: OutputBook, taskId: number): string[] => book.of(taskId).entries.map(({ text }) => text);

describe('OutputBook', () => {
  it('keeps what each task wrote, in order', () => {
    const book = new OutputBook();
    for (const [taskId, text] of [
      [1, 'a'],
      [2, 'b'],
      [1, 'c'],
    ] as const) {
      book.add(taskId, entry(text));
    }
    expect([textsOf(book, 1), textsOf(book, 2), textsOf(book, 3)]).toEqual([['a', 'c'], ['b'], []]);
    book.forget(1);
    expect([book.size, textsOf(book, 1)]).toEqual([1, []]);
  });

  it('keeps the newest whatever its length', () => {
    const book = new OutputBook({ taskEntriesMax: 10, taskSizeMax: 100, sizeMax: 100 });
    book.add(1, entry('x'));
    book.add(1, entry('y'.repeat(1000)));
    expect(textsOf(book, 1)).toEqual(['y'.repeat(1000)]);
    expect(book.of(1).missed).toBe(1);
  });

  it('takes from those that have been silent for longest where it is too much in all', () => {
    const book = new OutputBook({ taskEntriesMax: 10, taskSizeMax: 10_000, sizeMax: 500 });
    for (const taskId of [1, 2, 3, 1]) book.add(taskId, entry('x'.repeat(50)));
    book.add(4, entry('x'.repeat(50)));
    expect([1, 2, 3, 4].map((taskId) => book.of(taskId).entries.length)).toEqual([2, 0, 1, 1]);
    expect(book.of(2).missed).toBe(1);
    book.add(2, entry('again'));
    expect([textsOf(book, 2), book.of(2).missed]).toEqual([['again'], 1]);
  });

  it('never keeps more than it may, counts what is missing, and is empty when all is forgotten', () => {
    const limits = { taskEntriesMax: 5, taskSizeMax: 400, sizeMax: 1000 };
    const steps = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.record({ taskId: fc.nat(6), length: fc.nat(300) }) },
        fc.record({ taskId: fc.nat(6) }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const book = new OutputBook(limits);
        const written = new Map<number, string[]>();
        list.forEach((step, n) => {
          if (!('length' in step)) {
            book.forget(step.taskId);
            written.delete(step.taskId);
            return;
          }
          const text = `${String(n)} ${'x'.repeat(step.length)}`;
          book.add(step.taskId, entry(text));
          written.set(step.taskId, [...(written.get(step.taskId) ?? []), text]);
          let total = 0;
          for (const [taskId, texts] of written) {
            const { entries, missed } = book.of(taskId);
            // The last ones, and a count of those before.
            expect(entries.map((kept) => kept.text)).toEqual(texts.slice(texts.length - entries.length));
            expect(missed + entries.length).toBe(texts.length);
            expect(entries.length).toBeLessThanOrEqual(limits.taskEntriesMax);
            total += entries.reduce((sum, kept) => sum + kept.text.length + 64, 0);
          }
          expect(total).toBeLessThanOrEqual(limits.sizeMax + 400);
          expect(book.of(step.taskId).entries.at(-1)?.text).toBe(text);
        });
        for (const taskId of [...book.taskIds()]) book.forget(taskId);
        expect(book.size).toBe(0);
        book.add(1, entry('x'));
        expect(book.of(1)).toMatchObject({ missed: 0 });
      }),
    );
  });
});
