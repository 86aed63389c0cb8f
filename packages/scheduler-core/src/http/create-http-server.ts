import { HttpServer } from '@grid/http';

import type { SchedulerOptions } from '../options.js';
import { describeScheduler } from '../shell/requests/scheduler-info.js';
import type { SchedulerMetrics } from './scheduler-metrics.js';
import type { SchedulerContext } from '../shell/scheduler-context.js';

/** What a scheduler answers over HTTP; `null` if it is to answer nothing. */
export function createHttpServer(server: SchedulerContext, { http, token }: SchedulerOptions): HttpServer | null {
  if (http === null || http === undefined) return null;
  let metrics: Promise<SchedulerMetrics> | undefined;
  return new HttpServer(
    { ...http, token },
    {
      '/health': () => ({ contentType: 'text/plain', body: 'ok' }),
      '/metrics': async () => {
        const numbers = await (metrics ??= loadMetrics(server));
        return { contentType: numbers.contentType, body: await numbers.render() };
      },
      '/json/identity.json': () => ({
        contentType: 'application/json',
        body: JSON.stringify(describeScheduler(server)),
      }),
      '/json/system.json': () => ({
        contentType: 'application/json',
        body: JSON.stringify(server.monitor?.samples() ?? []),
      }),
    },
    server.logger,
  );
}

/** Loaded with the first question: a scheduler is to start fast. */
async function loadMetrics({ state }: SchedulerContext): Promise<SchedulerMetrics> {
  const { SchedulerMetrics: Metrics } = await import('./scheduler-metrics.js');
  return new Metrics(state);
}
