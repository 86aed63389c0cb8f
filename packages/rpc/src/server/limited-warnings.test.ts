import { describe, expect, it } from '@jest/globals';

import { RecordedLogger } from '../../test/support/recorded-logger.js';
import { LimitedWarnings } from './limited-warnings.js';

describe('LimitedWarnings', () => {
  it('says only so much in a span, and how much it left out', () => {
    let now = 0;
    const logger = new RecordedLogger();
    const warnings = new LimitedWarnings(logger, { linesMax: 2, spanMs: 1000, now: () => now });
    for (let line = 0; line < 5; line += 1) warnings.warn({ line }, 'x');
    now = 1000;
    warnings.warn({ line: 5 }, 'x');
    warnings.warn({ line: 6 }, 'x');
    expect(logger.lines.map(({ fields }) => fields)).toEqual([
      { line: 0 },
      { line: 1 },
      { line: 5, leftOut: 3 },
      { line: 6 },
    ]);
  });
});
