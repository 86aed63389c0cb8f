import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { messageOf } from '@grid/common';

import { HttpError } from './errors.js';

/** How many ports above the one asked for are tried. */
const PORTS_TRIED_MAX = 100;

/**
 * Listens on `host:port`, or on the next port that is free.
 *
 * @returns The port it came to be.
 * @throws {@link HttpError} `GRID_HTTP_CANNOT_LISTEN`.
 */
export async function listenNear(server: Server, host: string, port: number): Promise<number> {
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listenOn(server, host, candidate);
    } catch (cause) {
      const isTaken = (cause as { code?: unknown }).code === 'EADDRINUSE';
      if (isTaken && candidate < port + PORTS_TRIED_MAX && candidate < 65_535) continue;
      throw new HttpError(
        'GRID_HTTP_CANNOT_LISTEN',
        `cannot answer HTTP on ${host}:${String(candidate)}: ${messageOf(cause)}`,
        {
          details: { host, port: candidate },
          cause,
        },
      );
    }
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(error);
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      // A server that listens on a port has an address of this kind.
      resolve((server.address() as AddressInfo).port);
    });
  });
}
