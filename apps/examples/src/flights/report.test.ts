import { describe, expect, it } from '@jest/globals';

import { plainPalette } from '../shared/palette.js';
import { emptySummary } from './flight-summary.js';
import { renderReport } from './report.js';

describe('renderReport', () => {
  it('leaves out airports with fewer than 1000 flights, and orders equal ones by name', () => {
    const summary = emptySummary();
    summary.byOrigin.set('BBB', { flights: 1000, delay: 2000 });
    summary.byOrigin.set('AAA', { flights: 1000, delay: 2000 });
    summary.byOrigin.set('ZZZ', { flights: 999, delay: 99_000 });
    expect(renderReport(summary, plainPalette).split('\n').slice(1, 4)).toEqual([
      '  AAA    2.0 min      1,000 flights',
      '  BBB    2.0 min      1,000 flights',
      '',
    ]);
  });

  it('draws bars in proportion to the latest hour, none for hours that are early on the whole', () => {
    const summary = emptySummary();
    summary.byHour[5] = { flights: 2, delay: -4 };
    summary.byHour[6] = { flights: 10, delay: 50 };
    summary.byHour[7] = { flights: 10, delay: 100 };
    const lines = renderReport(summary, plainPalette).split('\n');
    expect(lines).toContain('  04:00  no flights');
    expect(lines).toContain('  05:00   -2.0 min  ');
    expect(lines).toContain(`  06:00    5.0 min  ${'█'.repeat(20)}`);
    expect(lines).toContain(`  07:00   10.0 min  ${'█'.repeat(40)}`);
  });
});
