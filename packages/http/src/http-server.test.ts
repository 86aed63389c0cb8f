import { afterEach, describe, expect, it } from '@jest/globals';

import { HttpServer } from './http-server.js';

const servers: HttpServer[] = [];

async function start(port = 0): Promise<string> {
  const server = new HttpServer(
    { host: '127.0.0.1', port, token: null },
    {
      '/health': () => ({ contentType: 'text/plain', body: 'ok' }),
      '/broken': () => {
        throw new TypeError('a secret detail');
      },
    },
  );
  servers.push(server);
  return server.start();
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('HttpServer', () => {
  it('answers by exact path, whatever the query', async () => {
    const url = await start();
    expect(await (await fetch(`${url}/health?x=1`)).text()).toBe('ok');
    expect((await fetch(`${url}/health/`)).status).toBe(404);
    expect((await fetch(`${url}/%68ealth`)).status).toBe(404);
  });

  it('takes the next free port when the one it wants is taken', async () => {
    const first = new URL(await start());
    const second = new URL(await start(Number(first.port)));
    expect(Number(second.port)).toBeGreaterThan(Number(first.port));
  });

  it('lets no page frame it, sniff it or keep it', async () => {
    const { headers } = await fetch(`${await start()}/health`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('says nothing of what went wrong inside', async () => {
    const response = await fetch(`${await start()}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });
});
