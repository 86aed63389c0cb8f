import { AppError } from './errors.js';

/** Where a process answers over HTTP. */
export interface DashboardAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `--dashboard-address`: `host:port`, `[::1]:port`, or `:port` for loopback.
 *
 * @throws {@link AppError} `GRID_APP_BAD_OPTION`.
 */
export function dashboardOf(text: string): DashboardAddress {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port <= 65_535)
    return { host: match[1] ?? (match[2] === '' ? '127.0.0.1' : (match[2] ?? '127.0.0.1')), port };
  throw new AppError(
    'GRID_APP_BAD_OPTION',
    `--dashboard-address is '${text}'; it must be host:port, such as 127.0.0.1:8787`,
    {
      details: { value: text },
    },
  );
}
