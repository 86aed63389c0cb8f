import { asAddress, nullLogger } from '@grid/common';
import { TcpTransport, Transports, type Transport } from '@grid/comm';
import { connectLink, createInstanceId } from '@grid/rpc';

/** What the scheduler says of a worker. */
export interface WorkerStanding {
  readonly address: string;
  /** It has been told to leave. */
  readonly isLeaving: boolean;
}

/** The scheduler is in the same machine. Milliseconds. */
const TIMEOUT_MS = 5000;

/** Asks a scheduler which workers it has. */
export async function askWorkers(scheduler: {
  readonly address: string;
  readonly token: string;
  /** Ways to reach it; `null` for the usual ones. */
  readonly transports: readonly Transport[] | null;
}): Promise<readonly WorkerStanding[]> {
  const link = await connectLink(asAddress(scheduler.address), {
    transports: new Transports(scheduler.transports ?? [new TcpTransport()]),
    local: { role: 'client', instanceId: createInstanceId('client'), about: {} },
    token: scheduler.token,
    logger: nullLogger,
    deadlineMs: TIMEOUT_MS,
    handlers: {
      onMessage: () => {},
      onRequest: async ({ op }) => Promise.reject(new TypeError(`a cluster does not answer '${op}'`)),
      onClosed: () => {},
    },
  });
  try {
    const { info } = await link.request({ op: 'scheduler-info' }, { timeoutMs: TIMEOUT_MS });
    return Object.entries(info['workers'] ?? {}).map(([address, about]) => {
      const { status } = about as { readonly status?: unknown };
      return { address, isLeaving: status !== 'running' && status !== 'paused' };
    });
  } finally {
    await link.close();
  }
}
