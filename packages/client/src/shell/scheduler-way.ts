import { isGridError, type Address } from '@grid/common';
import { runtimeVersions } from '@grid/common/machine';
import type { Transports } from '@grid/comm';
import { RESUME_FEATURE, type MessageWith } from '@grid/protocol';
import { connectLink, type Link, type LinkHandlers, type LocalIdentity } from '@grid/rpc';

/** How a session reaches its scheduler. */
export interface SchedulerWay {
  readonly address: Address;
  readonly transports: Transports;
  readonly local: LocalIdentity;
  readonly token: string | null;
  /** For logs and the dashboard. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Milliseconds to look for another scheduler in place of one that is lost; 0: not at all. */
  readonly reconnectTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A line on which a client has been registered, with what the scheduler says of itself. */
export interface OpenedLine {
  readonly link: Link;
  readonly registered: MessageWith<'client-registered'>;
  /** From now on the end of the line is told to the handlers; before, whoever opens it hears of it. */
  adopt(): void;
}

/** Opens a line and registers on it. @throws as `connectLink`, and as `link.request` */
export async function openLine(
  clientId: string,
  handlers: LinkHandlers,
  { address, transports, local, token, name, timeoutMs, signal }: SchedulerWay,
): Promise<OpenedLine> {
  let isAdopted = false;
  const link = await connectLink(address, {
    transports,
    local,
    token,
    handlers: {
      onMessage: (message) => handlers.onMessage(message),
      onRequest: (message) => handlers.onRequest(message),
      onClosed: (reason) => {
        if (isAdopted) handlers.onClosed(reason);
      },
    },
    deadlineMs: timeoutMs,
    signal,
  });
  try {
    const registered = await link.request(
      { op: 'register-client', clientId, name, versions: { ...runtimeVersions() } },
      { timeoutMs, signal },
    );
    return { link, registered, adopt: () => void (isAdopted = true) };
  } catch (error) {
    link.abort(error);
    throw error;
  }
}

/** Whether a client can come back to this scheduler. */
export function canResume({ peer }: Link): boolean {
  return peer.features.includes(RESUME_FEATURE);
}

const FINAL = new Set(['GRID_RPC_UNAUTHENTICATED', 'GRID_RPC_VERSION', 'GRID_RPC_ROLE', 'GRID_RPC_TOKEN_REQUIRED']);

/** Whether another attempt would fail in the same way. */
export function isFinal(error: unknown): boolean {
  return isGridError(error) && FINAL.has(error.code);
}
