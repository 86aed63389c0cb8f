import { sharedOptions } from '@grid/app-kit';
import type { InferredOptionTypes } from 'yargs';

/** Flags of `grid-scheduler`; names and meanings are those of `dask scheduler`. */
export const schedulerOptions = {
  ...sharedOptions,
  port: { type: 'number', default: 8786, describe: 'Port to listen on; 0 for any that is free.' },
  'dashboard-address': {
    ...sharedOptions['dashboard-address'],
    default: '127.0.0.1:8787',
    describe: `${sharedOptions['dashboard-address'].describe} A taken port gives way to the next free one.`,
  },
  'contact-address': {
    type: 'string',
    describe: 'Address that peers are told to use, where it differs from the one listened on.',
  },
  'upload-limit': {
    type: 'string',
    default: '512 MiB',
    describe: "Uploaded files to keep for workers that come later: bytes, or '512 MiB'.",
  },
  'idle-timeout': {
    type: 'string',
    describe: "Time without anything to compute after which it ends, with its workers: '10 min'. Default: never.",
  },
  'unrunnable-timeout': {
    type: 'string',
    describe: "Time after which a task fails that no worker may run: '5 min'. Default: it waits.",
  },
  'client-ttl': {
    type: 'string',
    describe: "Silence after which a client is given up, with what only it wants, or 'false'. Default: 10 min.",
  },
  'worker-ttl': {
    type: 'string',
    describe:
      'Silence after which a worker is given up; at least ten times the pause between heartbeats. Default: 5 min.',
  },
  'settle-timeout': {
    type: 'string',
    describe:
      'Time that workers of a scheduler which was here before are waited for, before clients come back. Default: 5 s.',
  },
  'orphan-ttl': {
    type: 'string',
    describe: 'Time that results of such workers are kept which no client has asked for. Default: 1 min.',
  },
  'blocked-handlers': {
    type: 'string',
    describe: "Requests of clients to refuse, with commas between: 'run-function,restart'.",
  },
  'allow-plugins': {
    type: 'boolean',
    default: false,
    describe: 'Whether clients may register plugins of the scheduler, code that runs in a thread beside it.',
  },
  'scheduler-file': {
    type: 'string',
    describe: 'File to write identity and addresses to as JSON; removed at the end.',
  },
} as const;

/** What the flags come to. */
export type SchedulerArguments = InferredOptionTypes<typeof schedulerOptions>;
