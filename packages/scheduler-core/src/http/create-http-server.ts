import { HttpServer } from '@grid/http';

import type { SchedulerOptions } from '../options.js';
import { describeScheduler } from '../shell/requests/scheduler-info.js';
import { SchedulerMetrics } from './scheduler-metrics.js';
import type { SchedulerContext } from '../shell/scheduler-context.js';

/** What a scheduler answers over HTTP; `null` if it is to answer nothing. */
export function createHttpServer(server: SchedulerContext, { http, token }: SchedulerOptions): HttpServer | null {
  if (http === null || http === undefined) return null;
  const metrics = new SchedulerMetrics(server.state);
  return new HttpServer(
    { ...http, token },
    {
      '/health': () => ({ contentType: 'text/plain', body: 'ok' }),
      '/metrics': async () => ({ contentType: metrics.contentType, body: await metrics.render() }),
      '/json/identity.json': () => ({
        contentType: 'application/json',
        body: JSON.stringify(describeScheduler(server)),
      }),
    },
    server.logger,
  );
}
