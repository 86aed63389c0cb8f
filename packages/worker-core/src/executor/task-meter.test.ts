import { describe, expect, it } from '@jest/globals';

import { TaskMeter } from './task-meter.js';
import type { ActivitiesMessage } from './thread-messages.js';

function meterOf(): { meter: TaskMeter; posted: ActivitiesMessage[] } {
  const posted: ActivitiesMessage[] = [];
  return { meter: new TaskMeter((message) => void posted.push(message)), posted };
}

describe('TaskMeter', () => {
  it('sums up what a task does, and tells nothing where nothing was done', () => {
    const { meter, posted } = meterOf();
    meter.flush();
    meter.took(1, 'deserialize', 500, 100);
    meter.took(1, 'deserialize', 1500, 200);
    meter.add(2, 'rows', 7, 'count');
    meter.flush();
    meter.flush();
    expect(posted).toEqual([
      {
        kind: 'activities',
        rows: [
          { taskId: 1, activity: 'deserialize', unit: 'seconds', value: 2 },
          { taskId: 1, activity: 'deserialize', unit: 'bytes', value: 300 },
          { taskId: 1, activity: 'deserialize', unit: 'count', value: 2 },
          { taskId: 2, activity: 'rows', unit: 'count', value: 7 },
        ],
      },
    ]);
  });

  it('sends what it has when it has much, and cuts names', () => {
    const { meter, posted } = meterOf();
    for (let index = 0; index < 2500; index += 1) meter.add(index, 'x'.repeat(1000), 1, 'count');
    meter.flush();
    const rows = posted.flatMap((message) => message.rows);
    expect([posted.length, rows.length]).toEqual([3, 2500]);
    expect(rows[0]?.activity).toHaveLength(200);
  });
});
