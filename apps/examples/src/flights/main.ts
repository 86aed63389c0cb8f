import type { Client } from '@grid/client';

import { followFutures } from '../shared/follow-futures.js';
import { readOptions } from '../shared/example-options.js';
import { mergeTree } from '../shared/merge-tree.js';
import { withClient } from '../shared/open-client.js';
import { paletteFor } from '../shared/palette.js';
import { runExample } from '../shared/run-example.js';
import { secondsSince, workersOf } from '../shared/run-facts.js';
import type { FlightSummary } from './flight-summary.js';
import { flightsFile } from './flights-file.js';
import { mergeSummaries } from './merge-summaries.js';
import { planRowGroups } from './plan-row-groups.js';
import { renderReport } from './report.js';
import { summariseRowGroup } from './summarise-row-group.js';

const ABOUT = 'Delays of three million flights within the USA: worst airports, delay by hour, busiest routes.';

await runExample(async () => {
  const options = await readOptions(process.argv.slice(2), { name: 'flights', about: ABOUT });
  await withClient(options, async (client) => {
    const start = performance.now();
    const { summary, rowGroups } = await summarise(client);
    const seconds = secondsSince(start);
    const flights = summary.byHour.reduce((sum, hour) => sum + hour.flights, 0);
    process.stdout.write(renderReport(summary, paletteFor(process.stdout)));
    process.stdout.write(
      `\n${flights.toLocaleString('en-US')} flights in ${rowGroups} row groups: ${seconds} on ${await workersOf(client)}\n`,
    );
  });
});

async function summarise(client: Client): Promise<{ summary: FlightSummary; rowGroups: number }> {
  const ranges = await planRowGroups(flightsFile());
  const parts = client.map(summariseRowGroup, ranges);
  const merged = mergeTree(client, parts, mergeSummaries);
  const summary = await followFutures(client, [...parts, ...merged], 'Flights');
  return { summary, rowGroups: ranges.length };
}
