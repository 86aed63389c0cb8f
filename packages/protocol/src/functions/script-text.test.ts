import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ScriptText } from './script-text.js';

const sources = fc.array(fc.constantFrom('a', '\n', '\r\n', 'ü', ''), { maxLength: 30 }).map((parts) => parts.join(''));
const starts = fc.record({ line: fc.nat(9), column: fc.nat(9) });

test('a place leads back to where it came from, wherever in a file the script begins', () => {
  fc.assert(
    fc.property(sources, starts, fc.nat(30), (source, start, at) => {
      const text = new ScriptText(source, start);
      const offset = Math.min(at, source.length);
      const place = text.placeAt(offset);
      expect(text.offsetOf(place)).toBe(offset);
      expect(place.line).toBe(start.line + source.slice(0, offset).split('\n').length - 1);
    }),
  );
});

test('a line that the source does not have is nowhere', () => {
  expect(new ScriptText('a\nb').offsetOf({ line: 7, column: 0 })).toBeUndefined();
});
