import { Client } from '@grid/client';
import { nullLogger } from '@grid/common';
import { RestartableCluster } from '@grid/integration-tests/support/restartable-scheduler.js';
import { until } from '@grid/integration-tests/support/until.js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { draw } from './support/chance.js';
import { LeakCheck } from './support/leak-check.js';
import { collect, mixedGraph, submitGraph } from './support/mixed-graph.js';

const ROUNDS = 3;

describe('a scheduler that is killed and started again', () => {
  it('again and again, at any moment of a computation, changes no result, and leaves nothing behind', async () => {
    using check = LeakCheck.begin();
    {
      await using cluster = await RestartableCluster.start(2);
      await using client = await Client.connect(cluster.address, { token: cluster.token, logger: nullLogger });
      for (let round = 0; round < ROUNDS; round += 1) {
        const graph = submitGraph(client, draw(mixedGraph, round));
        const afterMs = draw(fc.integer({ min: 0, max: 800 }), round);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        await cluster.kill();
        await until('the client has seen it', () => client.status !== 'running');
        await cluster.restart();
        const results = await collect(client, graph, 40_000);
        expect({ round, afterMs, results }).toEqual({ round, afterMs, results: graph.expected });
      }
      // What workers brought and nobody claims is kept for a minute: here it goes with the cluster.
    }
    await check.expectNothingLeft();
  });
});
