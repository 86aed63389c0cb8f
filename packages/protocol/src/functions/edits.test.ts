import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits, offsetBefore, shiftEdits } from './edits.js';
import type { Edit } from './edits.js';

/** A text of different characters, and edits of it that do not overlap. */
const edited = fc
  .record({
    length: fc.integer({ min: 1, max: 60 }),
    cuts: fc.array(fc.record({ gap: fc.nat(6), size: fc.nat(6), text: fc.stringMatching(/^[#\n]{0,6}$/) }), {
      maxLength: 6,
    }),
  })
  .map(({ length, cuts }) => {
    const text = Array.from({ length }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    const edits: Edit[] = [];
    let at = 0;
    for (const { gap, size, text: put } of cuts) {
      const start = at + gap;
      const end = start + size;
      if (end > length) break;
      edits.push({ start, end, text: put });
      at = end + 1;
    }
    return { text, edits };
  });

describe('a place in an edited text', () => {
  test('is where the same character was before', () => {
    fc.assert(
      fc.property(edited, ({ text, edits }) => {
        const after = applyEdits(text, edits);
        for (const [offset, character] of Array.from(after).entries()) {
          if (character === '#' || character === '\n') continue;
          expect(text[offsetBefore(edits, offset)]).toBe(character);
        }
      }),
    );
  });

  test('that was put in is where the edit begins', () => {
    const edits = [{ start: 2, end: 3, text: 'xyz' }];
    expect(applyEdits('abcde', edits)).toBe('abxyzde');
    expect([2, 3, 4].map((offset) => offsetBefore(edits, offset))).toEqual([2, 2, 2]);
  });

  test('does not depend on the order in which the edits are listed', () => {
    fc.assert(
      fc.property(edited, fc.nat(80), ({ text, edits }, offset) => {
        const reversed = edits.toReversed();
        expect([applyEdits(text, reversed), offsetBefore(reversed, offset)]).toEqual([
          applyEdits(text, edits),
          offsetBefore(edits, offset),
        ]);
      }),
    );
  });
});

test('edits of a text with something before it are those of the text alone', () => {
  const edits = [{ start: 3, end: 4, text: 'X' }];
  expect(applyEdits('bcd', shiftEdits(edits, 2))).toBe(applyEdits('((bcd', edits).slice(2));
});

test('what lies inside of a part that was taken out goes with it', () => {
  const edits = [
    { start: 1, end: 5, text: '' },
    { start: 2, end: 3, text: 'X' },
  ];
  expect([applyEdits('abcdefg', edits), offsetBefore(edits, 1)]).toEqual(['afg', 5]);
});
