import { AppError, bytesFlag, dashboardOf, durationFlag, resolveToken } from '@grid/app-kit';
import type { Address, Bytes } from '@grid/common';
import { cpuCount, memoryLimit } from '@grid/common/machine';
import { printHostAddress, toAddress } from '@grid/comm';
import type { WorkerOptions } from '@grid/worker-core';

import { memoryOptionsOf } from './memory-options-of.js';
import { portsOf } from './ports-of.js';
import type { WorkerArguments } from './options.js';

const SCHEDULER_PORT = 8786;

/** What the flags mean to a worker. */
export function workerOptionsOf(args: WorkerArguments): WorkerOptions {
  const { host } = args;
  return {
    schedulerAddress: schedulerAddressOf(args),
    listenAddress: portsOf(args['worker-port']).map((port) => printHostAddress({ scheme: 'tcp', host, port })),
    ...(args['contact-address'] === undefined ? {} : { contactAddress: toAddress(args['contact-address']) }),
    ...(args.name === undefined ? {} : { name: args.name }),
    threads: threadsOf(args.nthreads),
    memoryLimit: memoryLimitOf(args['memory-limit']),
    resources: amountsOf('resources', args.resources, 'GPU=2'),
    executors: amountsOf('executor', args.executor, 'gpu=1'),
    ...memoryOptionsOf(args),
    ...(args.root === undefined ? {} : { root: args.root }),
    token: resolveToken({ auth: args.auth, tokenFile: args['token-file'], host }, process.env),
    http: args.dashboard ? dashboardOf(args['dashboard-address']) : null,
    connectTimeoutMs: durationFlag('death-timeout', args['death-timeout']),
    reconnectTimeoutMs: durationFlag('scheduler-reconnect-timeout', args['scheduler-reconnect-timeout']),
    profiling: {
      isOn: args.profile,
      intervalMs: durationFlag('profile-interval', args['profile-interval']),
      cycleMs: durationFlag('profile-cycle', args['profile-cycle']),
    },
    // Checks every invariant after every step: slow, for hunting bugs.
    validate: process.env['GRID_VALIDATE'] === '1',
  };
}

function schedulerAddressOf({ scheduler }: WorkerArguments): Address {
  const text = scheduler ?? process.env['GRID_SCHEDULER_ADDRESS'];
  if (text === undefined || text === '') {
    throw new AppError(
      'GRID_APP_BAD_OPTION',
      'which scheduler? give its address, such as tcp://127.0.0.1:8786, or --scheduler-file',
    );
  }
  return toAddress(text, { defaultPort: SCHEDULER_PORT });
}

function threadsOf(nthreads: number | undefined): number {
  if (nthreads === undefined) return cpuCount();
  if (Number.isSafeInteger(nthreads) && nthreads > 0 && nthreads <= 1024) return nthreads;
  throw new AppError(
    'GRID_APP_BAD_OPTION',
    `--nthreads is ${String(nthreads)}; it must be a whole number from 1 to 1024`,
  );
}

/** `NAME=AMOUNT`, any number of them, with spaces or commas between. */
function amountsOf(option: string, text = '', example = ''): Record<string, number> {
  return Object.fromEntries(
    text
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .map((part) => {
        const [, name, amount] = /^([^=]+)=(.+)$/.exec(part) ?? [];
        if (name !== undefined && Number(amount) >= 0) return [name, Number(amount)];
        throw new AppError('GRID_APP_BAD_OPTION', `--${option} has '${part}'; write NAME=AMOUNT, such as ${example}`);
      }),
  );
}

function memoryLimitOf(text: string): Bytes {
  if (text === 'auto') return memoryLimit();
  return bytesFlag('memory-limit', text);
}
