import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { messageOf, nullLogger, type Logger } from '@grid/common';

import { refuse, type Guard } from './guard.js';
import { listenNear } from './listen.js';

/** What is answered for one path. */
export interface HttpAnswer {
  /** Default: 200. */
  readonly status?: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answers by exact path. */
export type HttpRoutes = Readonly<Record<string, () => HttpAnswer | Promise<HttpAnswer>>>;

export interface HttpServerOptions extends Guard {
  /** 0 for any that is free. A taken port gives way to the next one. */
  readonly port: number;
}

/** A request whose headers take longer than this is dropped. */
const HEADERS_TIMEOUT_MS = 10_000;

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Answers GET requests from people and tools: health, metrics, JSON. */
export class HttpServer implements AsyncDisposable {
  readonly #options: HttpServerOptions;
  readonly #routes: ReadonlyMap<string, () => HttpAnswer | Promise<HttpAnswer>>;
  readonly #logger: Logger;
  readonly #server: Server;
  #url: string | null = null;

  constructor(options: HttpServerOptions, routes: HttpRoutes, logger: Logger = nullLogger) {
    this.#options = options;
    this.#routes = new Map(Object.entries(routes));
    this.#logger = logger;
    this.#server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS }, (request, response) => {
      void this.#answer(request, response);
    });
  }

  /** Where it answers, such as `http://127.0.0.1:8787`; `null` before {@link HttpServer.start}. */
  get url(): string | null {
    return this.#url;
  }

  /**
   * Listens.
   *
   * @returns Where it answers.
   * @throws {@link HttpError} `GRID_HTTP_CANNOT_LISTEN`.
   */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    const actual = await listenNear(this.#server, host, port);
    if (port !== 0 && actual !== port)
      this.#logger.warn({ wanted: port, port: actual }, 'HTTP port is taken; using the next free one');
    this.#url = `http://${host.includes(':') ? `[${host}]` : host}:${String(actual)}`;
    return this.#url;
  }

  /** Stops listening and drops its connections. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request;
    const refusal = refuse(this.#options, { method, host: headers.host, authorization: headers.authorization });
    if (refusal !== undefined) {
      send(response, { status: refusal.status, contentType: 'text/plain', body: `${refusal.reason}\n` });
      return;
    }
    const route = this.#routes.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (route === undefined) {
      send(response, {
        status: 404,
        contentType: 'text/plain',
        body: `nothing here; try ${[...this.#routes.keys()].join(', ')}\n`,
      });
      return;
    }
    try {
      send(response, await route());
    } catch (error) {
      this.#logger.error({ error: messageOf(error) }, 'HTTP request failed');
      send(response, { status: 500, contentType: 'text/plain', body: 'failed; see the log\n' });
    }
  }
}

function send(response: ServerResponse, { status = 200, contentType, body }: HttpAnswer): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': contentType });
  response.end(body);
}
